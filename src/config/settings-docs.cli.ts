import { updateSettingsDocs } from './update-settings-docs.js';

const mode = process.argv.includes('--check') ? 'check' : 'write';
const stale = updateSettingsDocs(process.cwd(), mode);

for (const name of stale) {
  process.stdout.write(
    mode === 'check' ? `${name} does not show the settings as they are.\n` : `${name} written.\n`,
  );
}
if (mode === 'check' && stale.length > 0) {
  process.exitCode = 1;
}
