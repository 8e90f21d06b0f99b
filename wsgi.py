"""For WSGI servers: ``wsgi:application``. It never starts the scheduler."""

from sharemeal import create_app

application = create_app()
