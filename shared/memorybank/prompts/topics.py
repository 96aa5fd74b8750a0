"""What belongs to each of the four managed topics."""

from __future__ import annotations

from memorybank.ports.models import Topic

_MANAGED = {
    "USER_PERSONAL_INFO": (
        "Who the user is: name, age, home, languages, work and education, family, friends and pets, health, "
        "belongings, important dates of their life."
    ),
    "USER_PREFERENCES": (
        "What the user likes, dislikes, prefers, avoids or habitually chooses, and the goals and interests "
        "that show it."
    ),
    "KEY_CONVERSATION_DETAILS": (
        "Plans, decisions, agreements, deadlines and results of this conversation, with what was settled: what has "
        "been booked, solved, ordered, finished or is still open. From either speaker."
    ),
    "EXPLICIT_INSTRUCTIONS": (
        "What the user explicitly asks the assistant to remember, to forget, or to do in future conversations, such as "
        "how to address them or how to answer."
    ),
}


def described(topic: Topic) -> dict[str, str]:
    """Return a topic as the prompt shows it: by its key, with what belongs to it."""
    what = _MANAGED.get(topic.key, topic.description) if topic.managed else topic.description
    return {"topic": topic.key, "what": what or topic.key}
