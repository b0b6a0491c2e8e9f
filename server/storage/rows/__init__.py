"""Tables of the inside store. Times are unix seconds (UTC); ids are 32 hexadecimal digits.

Each field is declared in `register.toml`: inside, released (and by whom) or constant.
"""

from __future__ import annotations

from server.storage.rows.answers import JamVisitRow, ReportRow, ReportVersionRow, ThemeAnswerRow
from server.storage.rows.asking import (
    PollChoiceRow,
    PollRow,
    PollVoteRow,
    RatingAxisRow,
    RatingRow,
    StatementRow,
    StatementVoteRow,
)
from server.storage.rows.boundary import (
    AgreementRow,
    PartnerRow,
    PastVerdictRow,
    PseudonymRow,
    RecallRow,
    RuleSetRow,
    ShadowRow,
    TwinRow,
    VerdictRow,
)
from server.storage.rows.contributions import ContributionRow, KeyRow, MarkRow, PrintRow, SearchRow, VersionRow
from server.storage.rows.facilitation import (
    AsideRow,
    CaseRow,
    CaseStepRow,
    FlagRow,
    LockRow,
    MarkReasonRow,
    MoveRow,
    ShiftRow,
    SummaryRow,
)
from server.storage.rows.files import FileBytesRow, FileRow
from server.storage.rows.finding import ExposureRow, FeedRow, FollowRow, PlaceRow, SavedSearchRow, SpreadRow
from server.storage.rows.holds import HoldAnswerRow, HoldRow
from server.storage.rows.identities import IdentityRow
from server.storage.rows.insight import (
    EmergingRow,
    GuessRow,
    LearntRow,
    LikenessRow,
    MeaningRow,
    UnitCountryRow,
    UnitGoalRow,
    UnlikeRow,
)
from server.storage.rows.jams import ForumRow, JamRow
from server.storage.rows.linked_files import LinkedFileRow
from server.storage.rows.meeting import (
    HourQuestionRow,
    HourRow,
    HourSupportRow,
    ProxyRow,
    RoomMemberRow,
    RoomMessageRow,
    RoomRow,
)
from server.storage.rows.memberships import ForumGuestRow, ForumMemberRow, KeptListRow, ListKeeperRow
from server.storage.rows.notices import ConsumerRow, MailChoiceRow, MailPolicyRow, MailRow, NoticeRow, VisitRow
from server.storage.rows.organising import (
    CarriedRow,
    HostPictureRow,
    HostRow,
    InvitationRow,
    JamOriginRow,
    SlotRow,
)
from server.storage.rows.outcomes import MilestoneRow, OutcomeRow, SilenceRow, StreamNewsRow, WorkStreamRow
from server.storage.rows.people import LinkRow, MemberRow, SessionRow, TokenRow
from server.storage.rows.reading import ReadingRow
from server.storage.rows.records import AuditRow, CheckpointRow, EventRow, SelfTestRow
from server.storage.rows.servers import BanRow, OutsiderRow, ServerRow
from server.storage.rows.tallies import TallyRow
from server.storage.rows.themes import ThemeEditRow, ThemePartRow, ThemePlaceRow, ThemeStateRow
from server.storage.rows.voices import OpeningRow, VoiceRow
from server.storage.rows.walls import WallRow
from server.storage.rows.writing import ConfirmationRow, DraftRow, MentionRow

__all__ = [
    "AgreementRow",
    "AsideRow",
    "AuditRow",
    "BanRow",
    "CarriedRow",
    "CaseRow",
    "CaseStepRow",
    "CheckpointRow",
    "ConfirmationRow",
    "ConsumerRow",
    "ContributionRow",
    "DraftRow",
    "EmergingRow",
    "EventRow",
    "ExposureRow",
    "FeedRow",
    "FileBytesRow",
    "FileRow",
    "FlagRow",
    "FollowRow",
    "ForumGuestRow",
    "ForumMemberRow",
    "ForumRow",
    "GuessRow",
    "HoldAnswerRow",
    "HoldRow",
    "HostPictureRow",
    "HostRow",
    "HourQuestionRow",
    "HourRow",
    "HourSupportRow",
    "IdentityRow",
    "InvitationRow",
    "JamOriginRow",
    "JamRow",
    "JamVisitRow",
    "KeptListRow",
    "KeyRow",
    "LearntRow",
    "LikenessRow",
    "LinkRow",
    "LinkedFileRow",
    "ListKeeperRow",
    "LockRow",
    "MailChoiceRow",
    "MailPolicyRow",
    "MailRow",
    "MarkReasonRow",
    "MarkRow",
    "MeaningRow",
    "MemberRow",
    "MentionRow",
    "MilestoneRow",
    "MoveRow",
    "NoticeRow",
    "OpeningRow",
    "OutcomeRow",
    "OutsiderRow",
    "PartnerRow",
    "PastVerdictRow",
    "PlaceRow",
    "PollChoiceRow",
    "PollRow",
    "PollVoteRow",
    "PrintRow",
    "ProxyRow",
    "PseudonymRow",
    "RatingAxisRow",
    "RatingRow",
    "ReadingRow",
    "RecallRow",
    "ReportRow",
    "ReportVersionRow",
    "RoomMemberRow",
    "RoomMessageRow",
    "RoomRow",
    "RuleSetRow",
    "SavedSearchRow",
    "SearchRow",
    "SelfTestRow",
    "ServerRow",
    "SessionRow",
    "ShadowRow",
    "ShiftRow",
    "SilenceRow",
    "SlotRow",
    "SpreadRow",
    "StatementRow",
    "StatementVoteRow",
    "StreamNewsRow",
    "SummaryRow",
    "TallyRow",
    "ThemeAnswerRow",
    "ThemeEditRow",
    "ThemePartRow",
    "ThemePlaceRow",
    "ThemeStateRow",
    "TokenRow",
    "TwinRow",
    "UnitCountryRow",
    "UnitGoalRow",
    "UnlikeRow",
    "VerdictRow",
    "VersionRow",
    "VisitRow",
    "VoiceRow",
    "WallRow",
    "WorkStreamRow",
]
