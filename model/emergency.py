"""Crisis beds bought under emergency pressure: dearer than others for as long as they are open, and first to close.

Used wherever beds are paid or close: steps 1, 5, 6 and 11.
"""

from engine.rule import rule


@rule
def cost_of_beds(provider, system, beds):
    """What those `beds` crisis beds of a provider cost a month that would close next: bought under pressure first."""
    dear = min(beds, provider.emergency)
    return dear * system.emergency_month + (beds - dear) * system.bed_month


@rule
def beds_go(provider, beds):
    """Beds close, those bought under pressure first.  None of them is there by right."""
    provider.crisis_beds = provider.crisis_beds - beds
    provider.emergency = max(provider.emergency - beds, 0)
