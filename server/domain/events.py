"""Domain facts, appended in the same transaction as the rows they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

EventKind = Literal[
    "MemberAdded",
    "ConsentChanged",
    "JamCreated",
    "JamChanged",
    "ForumCreated",
    "ForumChanged",
    "ForumJoinAsked",
    "ForumJoined",
    "RestAsked",
    "ContributionDeclined",
    "ForumMembersChanged",
    "IdeaPosted",
    "ReplyPosted",
    "CrossingDue",
    "ContributionEdited",
    "ContributionDeleted",
    "Flagged",
    "CaseDecided",
    "FlagSent",
    "ContributionHidden",
    "ContributionRestored",
    "ContributionMoved",
    "AsideWritten",
    "ShiftBegun",
    "ShiftEnded",
    "SummaryWritten",
    "Marked",
    "Unmarked",
    "ThreadLocked",
    "ThreadUnlocked",
    "RulesApplied",
    "AgeReached",
    "PartnerChanged",
    "ServerChanged",
    "OutsiderChanged",
    "ResendAsked",
    "AgreementChanged",
    "HoldAsked",
    "HoldReleased",
    "HoldRefused",
    "RecallAsked",
    "SelfTestBegun",
    "CanaryPosted",
    "CanaryRecalled",
    "CanaryForumClosed",
    "SelfTestEnded",
    "PurgeAsked",
    "ThemesRefreshed",
    "ThemeEdited",
    "ThemeEmerged",
    "EmergingDismissed",
    "GoalsSet",
    "HostsChanged",
    "IdeaCarried",
    "RehearsalRemoved",
    "Invited",
    "PollAsked",
    "PollVoted",
    "PollCounted",
    "PollEnded",
    "Rated",
    "StatementDrafted",
    "StatementDecided",
    "StatementVoted",
    "HourPlanned",
    "HourBegan",
    "HourEnded",
    "HourQuestionAsked",
    "HourQuestionAnswered",
    "RoomOpened",
    "RoomSpoke",
    "RoomClosed",
    "NameAsked",
    "NameAnswered",
    "ThemeAnswerAsked",
    "ThemeAnswered",
    "ReportPublished",
    "ReportCorrected",
    "StreamOpened",
    "StreamChanged",
    "StreamTold",
    "StreamFellSilent",
    "OutcomeDecided",
    "RulesProposed",
]

# Events that only those who moderate may learn of: no stream tells them to others.
PRIVATE: frozenset[EventKind] = frozenset(
    {
        "Flagged",
        "CaseDecided",
        "FlagSent",
        "AsideWritten",
        "ShiftBegun",
        "ShiftEnded",
        "NameAsked",
        "NameAnswered",
        "ThemeAnswerAsked",
        "ThemeAnswered",
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `seq` orders all events of a store and is the consumers' cursor; `data` is JSON."""

    seq: int
    at: datetime
    kind: EventKind
    subject_id: str
    data: dict[str, Any]
