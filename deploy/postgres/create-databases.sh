#!/bin/bash
# Runs once, when the database server is new: one role and one database a service, closed to the other services.
set -euo pipefail
for role in parley_auth parley_chat parley_analytics; do
    psql --set ON_ERROR_STOP=1 --set role="$role" --set password="$(cat "/database-secrets/$role")" \
        --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
REVOKE CONNECT ON DATABASE :"role" FROM PUBLIC;
SQL
done
