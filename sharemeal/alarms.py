"""When the watching itself is late: what the auditor looks for, how long each may take, and what people are told.

An alarm is about the program, never about a person: a kind, a count and moments. It goes another way than the texts
that it watches.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from sharemeal.alerts import ACK_LIVES, LONGEST_WAIT

STEP_SLACK = timedelta(seconds=60)
"""What is due and has waited so long is late: each of these is looked at every few seconds."""
INTENT_SLACK = timedelta(seconds=90)
"""A call to the provider whose end is not known for so long: it is settled within the minute, or another way is taken."""
REACH_SLACK = timedelta(minutes=3)
"""An alert that is being told for so long has reached somebody by one way or the other."""
AHEAD_SLACK = timedelta(seconds=60)
"""A moment that was written lies in the past. One so far in the future says that the clock was set back."""
NEXT_STEP_MOST = LONGEST_WAIT + AHEAD_SLACK
ACK_MOST = ACK_LIVES + AHEAD_SLACK
"""Nothing is ever due later than this; what is was counted by another clock, and would be told too late."""
TOLD_AGAIN = timedelta(minutes=15)
"""How often the operator hears of the same kind."""
TRIED_AGAIN = timedelta(minutes=1)
"""When it is tried again after the operator could not be told."""


class AlarmKind(StrEnum):
    """What the auditor may find; the names stand in logs, in /readyz and in figures."""

    ALERT_LATE = "alert_late"
    MESSAGE_LATE = "message_late"
    CALL_LOST = "call_lost"
    SILENCE_LATE = "silence_late"
    HOME_FORGOTTEN = "home_forgotten"
    CONCERN_UNTOLD = "concern_untold"
    NOBODY_REACHED = "nobody_reached"
    SUM_BROKEN = "sum_broken"
    AUDIT_BROKEN = "audit_broken"
    JOB_LATE = "job_late"
    CLOCK_SET_BACK = "clock_set_back"


ALARM_WORDS = {
    AlarmKind.ALERT_LATE: "つぎの人への連絡が遅れています",
    AlarmKind.MESSAGE_LATE: "SMSの送信が遅れています",
    AlarmKind.CALL_LOST: "送れたかどうかわからないSMSがあります",
    AlarmKind.SILENCE_LATE: "便りのないお宅に、まだ気づけていません",
    AlarmKind.HOME_FORGOTTEN: "計画にあるのに、見守りに入っていないお宅があります",
    AlarmKind.CONCERN_UNTOLD: "だれにも連絡が決まっていない気がかりがあります",
    AlarmKind.NOBODY_REACHED: "確認のお願いが、まだだれにも届いていません",
    AlarmKind.SUM_BROKEN: "お届け先の数が合わない日があります",
    AlarmKind.AUDIT_BROKEN: "閲覧の記録がつながっていません",
    AlarmKind.JOB_LATE: "自動の仕事が止まっています",
    AlarmKind.CLOCK_SET_BACK: "機械の時計が戻っています",
}
"""What people read."""
