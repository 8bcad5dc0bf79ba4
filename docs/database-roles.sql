-- Two roles for one database: the owner, with which `npm run migrate` runs, and the one the service runs with,
-- which reads and writes rows and can change no table. Run as the owner after each migration, with psql or any
-- other client; replace the role's name, and give it a password of its own:
--
--   CREATE ROLE parley_service LOGIN PASSWORD '…' NOSUPERUSER NOCREATEDB NOCREATEROLE;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public, pgboss TO parley_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, pgboss TO parley_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, pgboss TO parley_service;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgboss TO parley_service;

-- What the service only reads: which migrations have been applied.
REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM parley_service;
