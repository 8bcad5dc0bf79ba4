/** Puts the figures of a run into words and columns. */
const FIGURES = ['perSecond', 'p50', 'p95', 'p99', 'cpuMs'];

/** Null where any value is missing. */
function median(values) {
  if (values.includes(null)) {
    return null;
  }
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function eachFigure(compute) {
  return Object.fromEntries(FIGURES.map((figure) => [figure, compute(figure)]));
}

/** The median of each figure over the rounds of one route of one rival. */
export function medians(rounds) {
  return eachFigure((figure) => median(rounds.map((round) => round[figure])));
}

/**
 * The service's figures as multiples of the bare server's: the median of the ratios of each round, whose two runs
 * are neighbours in time, so that what else the machine does at that moment weighs on both.
 */
export function ratios(service, bare) {
  const quotient = (one, other) => (one === null || other === null ? null : one / other);
  return eachFigure((figure) =>
    median(service.map((round, index) => quotient(round[figure], bare[index][figure]))),
  );
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const fixed = (value, digits) => (value === null ? 'n/a' : value.toFixed(digits));

function speedTable(routes) {
  const rows = [['route', 'server', 'requests/s', 'p50 ms', 'p95 ms', 'p99 ms', 'CPU ms/request']];
  for (const [name, { service, bare, ratio }] of Object.entries(routes)) {
    for (const [server, { perSecond, p50, p95, p99, cpuMs }] of Object.entries({ service, bare })) {
      const times = [p50, p95, p99].map((time) => fixed(time, 1));
      rows.push([name, server, fixed(perSecond, 0), ...times, fixed(cpuMs, 2)]);
    }
    rows.push([
      name,
      'ratio',
      ...Object.values(ratio).map((value) => (value === null ? 'n/a' : `${fixed(value, 2)}x`)),
    ]);
  }
  return table(rows);
}

function memoryTable(memory) {
  const rows = [
    ['memory, MiB', 'server', 'idle RSS', 'idle PSS', 'highest RSS', 'PSS then', 'after RSS', 'after PSS'],
  ];
  for (const [server, { idle, highest, after }] of Object.entries(memory)) {
    const figures = [idle, highest, after].flatMap(({ rss, pss }) => [fixed(rss, 1), fixed(pss, 1)]);
    rows.push(['', server, ...figures]);
  }
  return table(rows);
}

function roundTripTable(roundTrips) {
  const rows = [['route', '', 'round trips', 'before model', 'after model', 'average under load']];
  for (const [name, { all, beforeModel, afterModel, underLoad }] of Object.entries(roundTrips)) {
    const cells = [all, beforeModel, afterModel].map((count) => (count === null ? '-' : String(count)));
    rows.push([name, '', ...cells, fixed(underLoad, 2)]);
  }
  return table(rows);
}

export function render({ setup, routes, memory, roundTrips }) {
  const { sessions, seconds, rounds, node, postgres, cpus, loadAverage } = setup;
  return [
    `Node ${node}, PostgreSQL ${postgres}, ${cpus} CPUs, load average before the run ${fixed(loadAverage, 1)}.`,
    `${sessions} sessions, ${seconds} s per route, medians of ${rounds} rounds, service and bare server by turns.`,
    'Everything runs on this machine: the servers, the database, the model and the load share its CPUs.',
    'Ratios are medians of the ratios within each round. CPU time is that of the server process alone; it depends',
    'least on what else this machine does.',
    '',
    speedTable(routes),
    '',
    memoryTable(memory),
    '',
    'Database round trips of the service per request (the most of 20 single requests; then 100 sessions at once)',
    roundTripTable(roundTrips),
    '',
  ].join('\n');
}
