// What a page does while its server is gone: says so at once, keeps what is changed meanwhile, and begins again from
// its address when a server answers, with those changes made.
(function () {
  const KEPT = 'unfreeze-away', LOOK = 300, SILENT = 4000, PATIENCE = 30000, OLD = 600000;
  // Milliseconds, assumptions: between two looks whether it is back; without a reply until it is asked whether it is
  // there; for the parts of the page to be there again; after which nobody remembers what was changed.
  const t = (text, gaps) => window.unfreezeSay(text, gaps);
  const edits = new Map(); // what was sent and is not known to have been done, by message
  let kernel = null, away = false, leaving = false, settled = null;

  const later = () => new Promise((next) => setTimeout(next, LOOK));
  const manager = () => window.solara.debug.widgetManager();
  const template = (model) => {
    const found = model.get('template');
    return found && found.get ? found.get('template') : found;
  };

  /** Every part on the page with a template of its own, in order: [part, what names it wherever it is made]. */
  async function parts() {
    const models = manager()._models, all = models instanceof Map ? [...models.values()] : Object.values(models);
    const seen = {}, found = [];
    for (const model of await Promise.all(all)) {
      const text = model && model.get ? template(model) : null;
      if (!text || typeof text !== 'string') continue;
      const key = `${text.length} ${text.slice(0, 400)} ${model.get('name') || ''}`;
      seen[key] = (seen[key] || 0) + 1;
      found.push([model, `${key} ${seen[key]}`]);
    }
    return found;
  }

  function keep() {
    const made = [...edits.values()];
    try {
      if (made.length) sessionStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), from: location.search, made }));
      else sessionStorage.removeItem(KEPT);
    } catch (e) { /* a private window: what is changed now is lost */ }
    const waiting = document.getElementById('away-waiting');
    const count = made.length;
    if (waiting) waiting.textContent = count ? ' ' + t('Changes that wait: {count}.', { count }) : '';
  }

  function banner(head, rest) {
    const old = document.getElementById('away');
    if (old) old.remove();
    if (!head) return;
    const made = Object.assign(document.createElement('div'), { id: 'away', className: 'u-away' });
    made.setAttribute('role', 'alert');
    const [said, more, waiting] = ['strong', 'span', 'span'].map((tag) => document.createElement(tag));
    said.textContent = head;
    more.textContent = ' ' + rest;
    waiting.id = 'away-waiting';
    made.append(said, more, waiting);
    document.body.append(made);
  }

  function gone() {
    if (away || leaving) return;
    away = true;
    clearTimeout(settled);
    banner(t('The server does not answer.'),
           t('What stands here may be old. What you change is kept, and done as soon as it is back.'));
    keep();
    setTimeout(look, LOOK);
  }

  async function answers() {
    try {
      await fetch('/readyz', { cache: 'no-store', signal: AbortSignal.timeout(SILENT) }); // whatever it says of itself
      return true;
    } catch (e) {
      return false;
    }
  }

  /** Again and again until it is back: then from the address if something waits, else where the page was. */
  async function look() {
    if (!away) return;
    if (!(await answers())) {
      setTimeout(look, LOOK);
    } else if (edits.size) {
      keep();
      location.reload();
    } else {
      if (kernel.connectionStatus !== 'connected') kernel.reconnect().catch(() => {});
      else back();
      setTimeout(look, SILENT);
    }
  }

  function back() {
    away = false;
    banner();
    // A server that does not know this page makes it begin anew; until that is known, what waits is kept.
    settled = setTimeout(() => { edits.clear(); keep(); }, 2 * SILENT);
  }

  async function sent(msg) {
    const { comm_id: part, data } = msg.content, event = data && data.content && data.content.event;
    if (!event || data.method !== 'custom') return;
    const id = msg.header.msg_id, edit = { event, data: data.content.data, key: '', at: Date.now() };
    edits.set(id, edit);
    if (!away) banner(); // whoever goes on has read what could not be done again
    for (const [model, key] of await parts()) if (model.model_id === part) edit.key = key;
    if (away) keep();
  }

  function heard({ msg, direction }) {
    const kind = msg.header.msg_type, done = kind === 'status' && msg.content.execution_state === 'idle';
    if (direction === 'send' && kind === 'comm_msg') sent(msg);
    if (direction === 'recv' && done && !away && edits.delete(msg.parent_header.msg_id)) keep();
  }

  async function asked() {
    const oldest = Math.min(...[...edits.values()].map((one) => one.at));
    if (!away && (!navigator.onLine || Date.now() - oldest > SILENT) && !(await answers())) gone();
  }

  /** Do what was changed while the server was gone, one after the other, as soon as the parts are there that can. */
  async function again() {
    let kept = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(KEPT));
      sessionStorage.removeItem(KEPT);
    } catch (e) { /* nothing was kept */ }
    if (!kept || kept.from !== location.search || Date.now() - kept.at > OLD) return;
    const until = Date.now() + PATIENCE;
    let lost = 0;
    for (const { event, data, key } of kept.made) {
      let part = null;
      while (!part && Date.now() < until) {
        part = document.querySelector('main h1') && (await parts()).find(([, name]) => name === key);
        if (!part) await later();
      }
      if (part) part[0].send({ event, data });
      else lost += 1;
    }
    if (lost) banner(t('The server was away.'), t('Changes that could not be made again: {count}.', { count: lost }));
  }

  async function begin() {
    while (!window.solara?.debug?.kernel()) await later();
    kernel = window.solara.debug.kernel();
    window.solara.forceRefresh = true; // a server that does not know this page: begin anew at once, without a question
    kernel.anyMessage.connect((_, one) => heard(one));
    kernel.connectionStatusChanged.connect((_, status) => {
      if (kernel.isDisposed || leaving) return;
      if (status === 'connected') { if (away) back(); } else gone();
    });
    window.addEventListener('offline', asked); // a server on this machine is there all the same
    setInterval(asked, 1000);
    again();
  }
  // A page that is left says nothing; a file that is saved leaves no page, so that it can say something again.
  window.addEventListener('beforeunload', () => { leaving = true; setTimeout(() => { leaving = false; }, SILENT); });
  window.addEventListener('DOMContentLoaded', begin);
})();
