"""What the doctor looks at, each as one sentence with what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sharemeal.actions.backup import BEAT
from sharemeal.cli import watch_findings
from sharemeal.cli.finding import Finding
from sharemeal.cli.opening import Opened
from sharemeal.instance import SECRET_FILES, mail_of, sms_of
from sharemeal.message_faults import NOT_REACHED, NOT_SAFE
from sharemeal.messages import MOST_UNITS, longest_units
from sharemeal.outside.mail import NoMail, SmtpMail
from sharemeal.outside.sms import ScreenSms
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.sentences import Refused
from sharemeal.store import health, restorations, rotation, ticks
from sharemeal.store.base import SQLITE_VERSION, wal_is_safe

SAMPLE_ROWS = 50


def examine(door: Opened) -> list[Finding]:
    """Everything the doctor knows, in the order in which faults follow from one another."""
    found = [
        *_settings(door),
        *_text_messages(door),
        *_mail(door),
        *_secrets(door),
        *watch_findings.heartbeat(door),
    ]
    reachable, said = health.reach(door.store.engine)
    found.append(Finding("database", reachable, said))
    if not reachable:
        return found
    for look in _LOOKS:
        found += look(door)
    return found


def _settings(door: Opened) -> Iterator[Finding]:
    url = door.settings.public_url
    parts = urlsplit(url)
    if not url:
        yield Finding("settings", True, "PUBLIC_URL はなく、リンクにはこの機械のアドレスが入ります。")
    elif parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        yield Finding("settings", False, "PUBLIC_URL を https://… の形に直してください。")
    elif parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost"):
        yield Finding(
            "settings", False, "PUBLIC_URL が http です。通信が読まれないよう、https にしてください。"
        )
    else:
        yield Finding("settings", True, "PUBLIC_URL は使える形です。")


def _text_messages(door: Opened) -> Iterator[Finding]:
    settings = door.settings
    over = longest_units(settings.public_url.rstrip("/")) - MOST_UNITS
    if over > 0:
        said = f"PUBLIC_URL が長く、SMSが{MOST_UNITS}字を{over}字こえます。短いアドレスにしてください。"
        yield Finding("sms", False, said)
    try:
        sms = sms_of(settings)
    except Refused as refusal:
        yield Finding("sms", False, str(refusal))
        return
    if isinstance(sms, ScreenSms):
        yield Finding("sms", True, "Twilio の設定はなく、SMSは送信の画面に出るだけで、どこへも送られません。")
        return
    try:
        sms.answers()
    except Certain as error:
        said = f"Twilio に断られました（{error.status}）。TWILIO_ACCOUNT_SID と TWILIO_AUTH_TOKEN を確かめてください。"
        yield Finding("sms", False, said)
    except InDoubt:
        said = "Twilio が答えません。ネットワークと TWILIO_API_URL を確かめてください。"
        yield Finding("sms", False, said)
    else:
        yield Finding("sms", True, "Twilio が答え、アカウントとトークンは合っています。")


def _mail(door: Opened) -> Iterator[Finding]:
    """Whether an SMS that cannot come has something that follows it."""
    try:
        mail = mail_of(door.settings)
    except Refused as refusal:
        yield Finding("mail", False, str(refusal))
        return
    if isinstance(mail, NoMail):
        said = "メールの設定がなく、SMSが届かないときの代わりがありません。SMTP_URL を入れてください。"
        yield Finding("mail", True, said)
    elif isinstance(mail, SmtpMail):
        yield _mail_server(mail)
        if not door.settings.twilio_account_sid:
            said = "Twilio の設定がないあいだは、連絡は送信の画面に出るだけで、メールも送られません。"
            yield Finding("mail", True, said)
    else:
        yield Finding(
            "mail", True, "メールの設定はなく、メールは送信の画面に出るだけで、どこへも送られません。"
        )


def _mail_server(mail: SmtpMail) -> Finding:
    try:
        mail.answers()
    except Certain as error:
        said = {
            NOT_REACHED: "メールのサーバーにつながりません。ネットワークと SMTP_URL を確かめてください。",
            NOT_SAFE: "メールのサーバーと安全につながりません。TLS と証明書の名前を確かめてください。",
        }
        refused = f"メールのサーバーに断られました（{error.code}）。SMTP_URL のユーザー名とパスワードを確かめてください。"
        return Finding("mail", False, said.get(error.code, refused))
    return Finding("mail", True, "メールのサーバーが答え、ユーザー名とパスワードは合っています。")


def _secrets(door: Opened) -> Iterator[Finding]:
    folder = door.settings.instance_folder
    loose = [
        name for name in SECRET_FILES if (folder / name).exists() and (folder / name).stat().st_mode & 0o077
    ]
    for name in loose:
        yield Finding(
            "secrets", False, f"ほかの人も {name} を読めます。chmod 600 {folder / name} を実行してください。"
        )
    if not loose:
        yield Finding("secrets", True, "鍵のファイルは、持ち主だけが読めます。")


def _migrations(door: Opened) -> Iterator[Finding]:
    if health.is_newest(door.store.engine):
        yield Finding("migrations", True, "データベースは新しい形です。")
    else:
        yield Finding("migrations", False, "データベースが古い形です。db upgrade を実行してください。")


def _journal(door: Opened) -> Iterator[Finding]:
    told = health.journal(door.store.engine)
    if told is not None:
        mode, _, version = told.partition(", ")
        why = "" if wal_is_safe(SQLITE_VERSION) else "（WALの不具合が直る前の版のため）"
        yield Finding("journal", True, f"{version}、記録のしかたは {mode}{why} です。")


def _clock(door: Opened) -> Iterator[Finding]:
    now = door.clock.now()
    if door.settings.clock_start_at is not None:
        said = "リハーサルの時計です。ふだんは SHAREMEAL_CLOCK_START を外してください。"
        yield Finding("clock", True, said)
        return
    latest = health.newest_audit(door.store)
    if latest is not None and latest > now + timedelta(minutes=5):
        yield Finding("clock", False, _behind(now, latest))
    else:
        yield Finding("clock", True, f"時計は {now:%Y-%m-%d %H:%M} UTC です。")


def _behind(now: datetime, latest: datetime) -> str:
    return (
        f"時計（{now:%Y-%m-%d %H:%M} UTC）が、最後の記録（{latest:%Y-%m-%d %H:%M} UTC）より遅れています。"
        "機械の時刻を合わせてください。"
    )


def _backups(door: Opened) -> Iterator[Finding]:
    with door.store.session(all_labs=True) as session:
        held = restorations.standing(session)
        last = ticks.heartbeats(session).get(BEAT)
    if held is not None:
        said = (
            f"{held.backup_at:%Y-%m-%d %H:%M} UTC のバックアップから戻したあとで、SMSと見守りを止めています。"
            "serve か jobs run を動かすと、送信ずみのSMSを確かめてから、自分で再開します。"
        )
        yield Finding("hold", False, said)
    when = (
        f"最後のバックアップは {last.at:%Y-%m-%d %H:%M} UTC です。"
        if last
        else "バックアップは、まだありません。"
    )
    yield Finding("backup", True, when)


def _keys(door: Opened) -> Iterator[Finding]:
    locked: list[str] = []
    with door.store.session(all_labs=True) as session:
        for table in rotation.tables():
            try:
                rotation.open_some(session, table, door.store.keyring, SAMPLE_ROWS)
            except Refused:
                locked.append(table.name)
    if locked:
        names = "、".join(locked)
        said = (
            f"鍵が合わず、読めない表があります（{names}）。以前の鍵を SHAREMEAL_FIELD_KEYS に加えてください。"
        )
        yield Finding("keys", False, said)
    else:
        yield Finding("keys", True, "個人情報の鍵は合っています。")
    if len(door.store.keyring.field_keys) > 1:
        yield Finding("keys", True, "古い鍵が残っています。keys rotate で終わらせてください。")


def _after_migrations(look: Callable[[Opened], Iterator[Finding]]) -> Callable[[Opened], Iterator[Finding]]:
    def careful(door: Opened) -> Iterator[Finding]:
        if health.is_newest(door.store.engine):
            yield from look(door)

    return careful


_LOOKS: tuple[Callable[[Opened], Iterator[Finding]], ...] = (
    _migrations,
    _journal,
    _after_migrations(_clock),
    _after_migrations(_keys),
    _after_migrations(_backups),
    _after_migrations(watch_findings.clocks),
    _after_migrations(watch_findings.jobs),
    _after_migrations(watch_findings.auditor),
    _after_migrations(watch_findings.contacts),
)
