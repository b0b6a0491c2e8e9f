"""Every browser URL of the inside address, in one table. The JSON API has its own, under /api."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from web.pages import board, doors, forums, home, jams, labels, people, stream, threads
from web.pages.asking import polls
from web.pages.boundary import (
    audit,
    decisions,
    held,
    holds,
    ledger,
    partner,
    partners,
    recalls,
    rule_editor,
    rule_history,
    rules,
    self_test,
)
from web.pages.control import marks as control_marks
from web.pages.control import radar
from web.pages.notices import inbox as inbox_page
from web.pages.organising import again, drafting, rota

GET: dict[str, Handler] = {
    "/": home.show_home,
    "/search": home.show_search,
    "/sign-in": doors.show_sign_in,
    "/welcome/{secret}": doors.show_link,
    "/jams/new": drafting.show_new,
    "/jams/{jam}": jams.show_lobby,
    "/jams/{jam}/charter": jams.show_charter,
    "/jams/{jam}/settings": jams.show_settings,
    "/jams/{jam}/rota": rota.show_rota,
    "/jams/{jam}/again": again.show_again,
    "/jams/{jam}/template.toml": again.download_template,
    "/jams/{jam}/carry": again.show_carry,
    "/jams/{jam}/calendar.ics": rota.download_calendar,
    "/jams/{jam}/board": board.show_board,
    "/jams/{jam}/themes/{theme}": board.show_theme,
    "/jams/{jam}/stream": stream.show_stream,
    "/jams/{jam}/control": radar.show_radar,
    "/jams/{jam}/control/radar": radar.show_radar,
    "/forums/{forum:[0-9a-f]{32}}": forums.show_forum,
    "/forums/{forum:[0-9a-f]{32}}/build": forums.build_on,
    "/ideas/{idea}": threads.show_thread,
    "/ideas/{idea}/reply": threads.show_reply,
    "/ideas/{idea}/edit": threads.show_edit,
    "/ideas/{idea}/label": labels.show_label,
    "/ideas/{idea}/history": threads.show_history,
    "/ideas/{idea}/delete": threads.confirm_delete,
    "/ideas/{idea}/recall": threads.confirm_recall,
    "/ideas/{idea}/marks/{kind}": control_marks.show_mark,
    "/ideas/{idea}/poll": polls.show_form,
    "/polls/{idea}": polls.show_poll,
    "/boundary": rules.show_rules,
    "/boundary/rules/edit": rule_editor.show_editor,
    "/boundary/rules/versions": rule_history.show_versions,
    "/boundary/decisions": decisions.show_decisions,
    "/boundary/crossings/{verdict}": decisions.show_decision,
    "/boundary/holds": holds.show_holds,
    "/boundary/ledger": ledger.show_ledger,
    r"/boundary/ledger/{crossing:\d{1,18}}/recall": ledger.confirm_recall,
    "/boundary/ledger/recalls": recalls.show_recalls,
    r"/boundary/ledger/recalls/{recall:\d{1,18}}": recalls.show_recall,
    r"/boundary/ledger/recalls/{recall:\d{1,18}}/{statement}.json": recalls.download_statement,
    "/boundary/held": held.show_held,
    "/boundary/held/{host}/purge": held.confirm_purge,
    "/boundary/partners": partners.show_partners,
    "/boundary/partners/{host}": partner.show_partner,
    "/boundary/audit": audit.show_audit,
    "/boundary/self-test": self_test.show_self_test,
    "/people": people.show_people,
    "/inbox": inbox_page.show_inbox,
}

POST: dict[str, Handler] = {
    "/sign-in": doors.sign_in,
    "/sign-out": doors.sign_out,
    "/welcome/{secret}": doors.use_link,
    "/me/appearance": doors.choose_appearance,
    "/me/consent": doors.choose_consent,
    "/jams": drafting.create,
    "/jams/template": drafting.read_file,
    "/jams/{jam}/charter": jams.write_charter,
    "/jams/{jam}/open": jams.open_jam,
    "/jams/{jam}/extend": jams.extend_jam,
    "/jams/{jam}/freeze": jams.freeze_jam,
    "/jams/{jam}/archive": jams.archive_jam,
    "/jams/{jam}/forums": jams.create_forum,
    "/jams/{jam}/rota": rota.change_rota,
    "/jams/{jam}/again": again.make_again,
    "/jams/{jam}/carry": again.carry,
    "/forums": jams.join_forum,
    "/forums/{forum:[0-9a-f]{32}}/ideas": forums.post_idea,
    "/forums/{forum:[0-9a-f]{32}}/preview": forums.preview_idea,
    "/ideas/{idea}/replies": threads.post_reply,
    "/ideas/{idea}/preview": threads.preview,
    "/ideas/{idea}/edit": threads.edit,
    "/ideas/{idea}/label": labels.change_label,
    "/ideas/{idea}/delete": threads.delete,
    "/ideas/{idea}/recall": threads.recall,
    "/ideas/{idea}/marks/{kind}": threads.mark,
    "/ideas/{idea}/polls": polls.ask,
    "/polls/{idea}/vote": polls.vote,
    "/polls/{idea}/end": polls.end,
    r"/boundary/rules/{version:\d{1,9}}/approve": rules.approve_rules,
    r"/boundary/rules/{version:\d{1,9}}/refuse": rules.refuse_rules,
    r"/boundary/rules/{version:\d{1,9}}/rollback": rule_history.roll_back,
    "/boundary/rules/edit": rule_editor.use_editor,
    "/boundary/rules/shadow/end": rules.end_shadow,
    "/boundary/holds": holds.decide_chosen,
    "/boundary/holds/undo": holds.undo,
    "/boundary/holds/{hold}": holds.decide_hold,
    r"/boundary/ledger/{crossing:\d{1,18}}/recall": ledger.recall_crossing,
    "/boundary/held/{host}/purge": held.purge,
    "/boundary/partners": partners.add_partner,
    "/boundary/audit/export": audit.export_audit,
    "/boundary/self-test": self_test.run_now,
    "/boundary/partners/{host}": partners.change_partner,
    "/boundary/partners/{host}/agreements": partner.offer_agreement,
    "/boundary/partners/{host}/agreements/{agreement:[0-9a-f]{32}}": partner.act_on_agreement,
    "/people": people.add_person,
    "/inbox": inbox_page.mark_read,
    r"/inbox/{notice:\d{1,17}}": inbox_page.follow_notice,
}


def routes() -> list[web.RouteDef]:
    """The table as aiohttp takes it. GET answers HEAD too, but a stream has no head to give."""
    return [
        *(web.get(path, handler, allow_head=not path.endswith("/stream")) for path, handler in GET.items()),
        *(web.post(path, handler) for path, handler in POST.items()),
    ]
