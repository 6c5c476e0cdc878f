vuetifyThemes = {};
