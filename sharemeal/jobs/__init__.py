"""The jobs that the clock runs, and the loop that one leader drives.

A job that fails stops no other job, and a lab that fails no other lab. After a restore from a backup every job that
sends or writes waits until the gap is reconciled; rota.run_once is the one place that sees to it.
"""

from sharemeal.actions.each_lab import SomeFailed as SomeFailed
from sharemeal.jobs.clockwork import Clockwork as Clockwork
from sharemeal.jobs.rota import JOBS as JOBS
from sharemeal.jobs.rota import Job as Job
from sharemeal.jobs.rota import holds as holds
from sharemeal.jobs.rota import named as named
from sharemeal.jobs.rota import names as names
from sharemeal.jobs.rota import run_once as run_once
from sharemeal.jobs.ticks import tick_audit as tick_audit
from sharemeal.jobs.ticks import tick_auditor as tick_auditor
from sharemeal.jobs.ticks import tick_draft_plan as tick_draft_plan
from sharemeal.jobs.ticks import tick_end_hold as tick_end_hold
from sharemeal.jobs.ticks import tick_escalate as tick_escalate
from sharemeal.jobs.ticks import tick_heartbeat as tick_heartbeat
from sharemeal.jobs.ticks import tick_mail as tick_mail
from sharemeal.jobs.ticks import tick_outbox as tick_outbox
from sharemeal.jobs.ticks import tick_retention as tick_retention
from sharemeal.jobs.ticks import tick_silence as tick_silence
from sharemeal.jobs.ticks import tick_status_poll as tick_status_poll
from sharemeal.jobs.ticks import tick_tell_operator as tick_tell_operator
from sharemeal.jobs.ticks import tick_timetable as tick_timetable
from sharemeal.jobs.world import World as World
