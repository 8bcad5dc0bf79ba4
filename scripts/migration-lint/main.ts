/** Refuses migrations whose statements the running service would not survive: `npm run migration:lint`. */
import { migrations } from '../../src/database/migrations.js';
import { lintMigrations } from './lint-migrations.js';

const problems = await lintMigrations(migrations);
if (problems.length > 0) {
  process.stderr.write(
    `${problems.join('\n')}\n\nCONTRIBUTING.md, "A migration", says how to write it instead.\n`,
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`${migrations.length} migrations, none of which holds up running traffic.\n`);
}
