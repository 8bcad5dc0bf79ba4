import type { SettingDocumentation } from './setting.js';
import { SETTING_GROUPS } from './settings.js';

const START = '<!-- settings:start -->';
const END = '<!-- settings:end -->';

/** An .env file that names every setting and sets none: each line is a default, or an example, in a comment. */
export function renderEnvExample(): string {
  const heading = [
    '# Every setting of the service, generated from src/config/settings.ts (npm run settings:docs).',
    '# Copy this file to .env and take away the # before what you want to change. Real environment variables',
    '# win over this file; an empty value counts as not set.',
  ];
  const groups = SETTING_GROUPS.map(({ title, settings }) => {
    const entries = Object.entries(settings).map(([name, { documentation }]) =>
      renderEntry(name, documentation),
    );
    return [`# --- ${title} ---`, ...entries].join('\n\n');
  });
  return `${[heading.join('\n'), ...groups].join('\n\n')}\n`;
}

function renderEntry(name: string, { about, accepts, sample, unset }: SettingDocumentation): string {
  const lines = [`# ${about}`, `# ${capitalise(accepts)}.`];
  if (unset !== undefined) {
    lines.push(`# Not set: ${unset}. For example:`);
  }
  return [...lines, `#${name}=${quoteIfNeeded(sample)}`].join('\n');
}

function quoteIfNeeded(value: string): string {
  return /[\s#"'`]/.test(value) ? JSON.stringify(value) : value;
}

/** The settings as Markdown tables, one for each group. */
export function renderSettingsTable(): string {
  return SETTING_GROUPS.map(({ title, settings }) => {
    const rows = Object.entries(settings).map(([name, { documentation }]) => renderRow(name, documentation));
    const heading = [`**${title}**`, '', '| variable | default | meaning |', '| --- | --- | --- |'];
    return [...heading, ...rows].join('\n');
  }).join('\n\n');
}

function renderRow(name: string, { about, accepts, sample, unset, secret }: SettingDocumentation): string {
  const fallback = unset === undefined ? `\`${sample}\`` : `not set: ${unset}`;
  const meaning = `${about} ${capitalise(accepts)}.${secret ? ' Secret.' : ''}`;
  return `| \`${name}\` | ${fallback} | ${meaning} |`;
}

function capitalise(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/**
 * A text with its marked part replaced by the settings tables.
 *
 * @throws {Error} when the text does not have both markers, in order.
 */
export function replaceSettingsTable(text: string): string {
  const start = text.indexOf(START);
  const end = text.indexOf(END, start);
  if (start < 0 || end < 0) {
    throw new Error(`A line ${START} and after it a line ${END} must say where the settings go.`);
  }
  // Prettier would widen every row to the longest one, and each new setting would then change them all.
  const block = [START, '<!-- prettier-ignore-start -->', '', renderSettingsTable(), ''];
  return [text.slice(0, start) + block.join('\n'), '<!-- prettier-ignore-end -->', text.slice(end)].join(
    '\n',
  );
}
