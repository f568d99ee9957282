"""Every kind of proposal that the interface takes."""

from service.register.fittings.proposals import FITTING_KINDS
from service.register.orders.operations import ORDER_OPERATIONS
from service.register.orders.proposals import effect_on_order
from service.register.proposals import Proposals
from service.register.recipients import effect_on_recipients
from service.register.wearers import effect_on_provider_person
from service.register.zones.proposals import effect_of_withdrawal, effect_of_zone_end, effect_on_zone_details

PROPOSALS = Proposals(
    {
        **dict.fromkeys(ORDER_OPERATIONS, effect_on_order),
        **FITTING_KINDS,
        "recipients": effect_on_recipients,
        "provider_person": effect_on_provider_person,
        "zone_end": effect_of_zone_end,
        "zone_withdrawal": effect_of_withdrawal,
        "zone_details": effect_on_zone_details,
    }
)
