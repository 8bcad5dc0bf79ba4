import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import ts from 'typescript';
import type { Manifest } from './kustomization.js';

const PROMETHEUS = 'monitoring.coreos.com/';

/** The module of Kubernetes' models for a manifest. */
function modelOf({ apiVersion, kind }: Manifest): string {
  const models = apiVersion.startsWith(PROMETHEUS)
    ? '@kubernetes-models/prometheus-operator'
    : 'kubernetes-models';
  return `${models}/${apiVersion}/${kind}`;
}

/**
 * What the type checker says of manifests written as literals: beside wrong types also every field that Kubernetes
 * does not know, which its JSON schemas let pass.
 */
export function checkFields(manifests: readonly Manifest[]): string[] {
  const file = join(import.meta.dirname, 'manifests.virtual.ts');
  const source = manifests
    .map(
      (manifest, index) =>
        `import type { I${manifest.kind} as Type${index} } from '${modelOf(manifest)}';\n` +
        `export const manifest${index}: Type${index} = ${JSON.stringify(manifest)};\n`,
    )
    .join('');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? source : readFile(name));
  host.getSourceFile = (name, languageVersion, ...rest) =>
    name === file
      ? ts.createSourceFile(name, source, languageVersion)
      : getSourceFile(name, languageVersion, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** What the JSON schemas of Kubernetes say: required fields, types, formats, and what may stand beside what. */
export function checkSchemas(manifests: readonly Manifest[]): string[] {
  const input = JSON.stringify(manifests.map((manifest) => ({ model: modelOf(manifest), manifest })));
  const script = join(import.meta.dirname, 'validate-manifests.mjs');
  return JSON.parse(execFileSync(process.execPath, [script], { input, encoding: 'utf8' })) as string[];
}
