/**
 * Reads `[{ model, manifest }]` from standard input and writes what Kubernetes' schemas say against them. A process of its
 * own, because the models are modules that only `import` finds, which Jest does not do.
 */
import { text } from 'node:stream/consumers';

const problems = [];
for (const { model, manifest } of JSON.parse(await text(process.stdin))) {
  const { [manifest.kind]: Model } = await import(model);
  try {
    new Model(manifest).validate();
  } catch (error) {
    problems.push(`${manifest.kind} ${manifest.metadata.name}: ${error.message}`);
  }
}
process.stdout.write(JSON.stringify(problems));
