"""The rules, one module per topic, in the order in which they are tried."""

from backend.adapters.llm.offline.rule import Rule
from backend.adapters.llm.offline.rules.biography import BIOGRAPHY
from backend.adapters.llm.offline.rules.bonds import BONDS
from backend.adapters.llm.offline.rules.boundaries import BOUNDARIES
from backend.adapters.llm.offline.rules.customs import CUSTOMS
from backend.adapters.llm.offline.rules.events import EVENTS
from backend.adapters.llm.offline.rules.health import HEALTH
from backend.adapters.llm.offline.rules.home import HOME
from backend.adapters.llm.offline.rules.identity import IDENTITY
from backend.adapters.llm.offline.rules.occasions import BEFORE_ALL, OCCASIONS
from backend.adapters.llm.offline.rules.people import PEOPLE
from backend.adapters.llm.offline.rules.plain import PLAIN
from backend.adapters.llm.offline.rules.routines import ROUTINES
from backend.adapters.llm.offline.rules.skills import SKILLS
from backend.adapters.llm.offline.rules.states import STATES
from backend.adapters.llm.offline.rules.tastes import TASTES
from backend.adapters.llm.offline.rules.traits import TRAITS
from backend.adapters.llm.offline.rules.upheavals import UPHEAVALS
from backend.adapters.llm.offline.rules.work import WORK

RULES: tuple[Rule, ...] = (
    *BEFORE_ALL,
    *IDENTITY,
    *PEOPLE,
    *BONDS,
    *BOUNDARIES,
    *HOME,
    *WORK,
    *HEALTH,
    *UPHEAVALS,
    *SKILLS,
    *EVENTS,
    *TASTES,
    *STATES,
    *OCCASIONS,
    *TRAITS,
    *PLAIN,
    *ROUTINES,
    *CUSTOMS,
    *BIOGRAPHY,
)
