/**
 * Asks the registry which versions of the lock file have known vulnerabilities. Exits 1 for a high or critical
 * one among what ships; says so and exits 0 where the registry cannot be asked.
 */
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: 120_000,
});

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const { vulnerabilities } = parse(stdout ?? '');
if (vulnerabilities === undefined) {
  console.log('skipped: the registry does not answer questions about vulnerabilities');
} else {
  const serious = Object.values(vulnerabilities).filter(({ severity }) => /^(high|critical)$/.test(severity));
  for (const { name, severity, range } of serious) {
    console.error(`${name} ${range}: ${severity}`);
  }
  console.log(
    `audit: ${Object.keys(vulnerabilities).length} known vulnerabilities, ${serious.length} serious`,
  );
  process.exitCode = serious.length === 0 ? 0 : 1;
}
