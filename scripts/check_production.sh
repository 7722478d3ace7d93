#!/usr/bin/env bash
# Django's deploy check with the settings of production, and every static file with its name as production has it.
# In a throwaway environment: nothing of it is real.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
for name in $(compgen -e STP_ || true); do unset "$name"; done
unset DJANGO_SETTINGS_MODULE
STP_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')"
export STP_SECRET_KEY
export STP_MODE=production
export STP_HOSTS=portfolio.example.org
export STP_SITE_URL=https://portfolio.example.org
export STP_DATABASE_URL="sqlite:///$folder/portfolio.sqlite3"
export STP_DATA_DIR="$folder/data"
export STP_STATIC_ROOT="$folder/static"
export STP_MAIL_URL=smtp+tls://mail.example.org:587

python manage.py check --deploy --fail-level WARNING
python manage.py collectstatic --no-input --verbosity 0
