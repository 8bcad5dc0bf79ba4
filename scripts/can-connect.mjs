/** Exits 0 if the PostgreSQL at the given URL accepts us and lets us create databases, else 1. */
import pg from 'pg';

const client = new pg.Client({ connectionString: process.argv[2], connectionTimeoutMillis: 2_000 });
try {
  await client.connect();
  const { rows } = await client.query(
    'SELECT rolcreatedb OR rolsuper AS usable FROM pg_roles WHERE rolname = current_user',
  );
  process.exitCode = rows[0]?.usable === true ? 0 : 1;
} catch (error) {
  console.error(`no usable PostgreSQL: ${error.code ?? error.message}`);
  process.exitCode = 1;
} finally {
  await client.end();
}
