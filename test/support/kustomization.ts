import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { name: string; namespace?: string };
  readonly [key: string]: unknown;
}

interface Generator {
  readonly name: string;
  readonly envs: readonly string[];
}

interface Patch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly patch: string;
}

interface Kustomization {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly { name: string; newName: string; newTag: string }[];
}

const KNOWN_FIELDS: readonly string[] = [
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'components',
  'configMapGenerator',
  'secretGenerator',
  'patches',
  'images',
];

/**
 * What `kubectl kustomize` makes of a folder, as far as our folders go: without hashes and without namespaces. A
 * field of a kustomization that it does not know is an error, so that nothing is silently left unchecked.
 */
export function renderKustomization(folder: string): Manifest[] {
  const { manifests, patches } = collect(folder);
  return manifests.map((manifest) => patched(manifest, patches));
}

interface Collected {
  readonly manifests: readonly Manifest[];
  /** A component patches what the other folders brought. */
  readonly patches: readonly Patch[];
}

function collect(folder: string): Collected {
  const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as Kustomization;
  const unknown = Object.keys(kustomization).filter((field) => !KNOWN_FIELDS.includes(field));
  if (unknown.length > 0) {
    throw new Error(`${folder} uses ${unknown.join(', ')}, which these tests do not understand`);
  }
  const { resources = [], components = [], patches = [], images = [] } = kustomization;
  const parts = [...resources, ...components].map((path) => read(join(folder, path)));
  const manifests = [
    ...parts.flatMap((part) => part.manifests),
    ...(kustomization.configMapGenerator ?? []).map((each) => generate('ConfigMap', folder, each)),
    ...(kustomization.secretGenerator ?? []).map((each) => generate('Secret', folder, each)),
  ];
  return {
    manifests: manifests.map((manifest) => rename(manifest, images)),
    patches: [...patches, ...parts.flatMap((part) => part.patches)],
  };
}

function read(path: string): Collected {
  if (statSync(path).isDirectory()) {
    return collect(path);
  }
  const manifests = parseAllDocuments(readFileSync(path, 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );
  return { manifests, patches: [] };
}

function generate(kind: string, folder: string, { name, envs }: Generator): Manifest {
  const texts = envs.map((file) => {
    const path = join(folder, file);
    // The secrets themselves are never in the repository.
    return readFileSync(existsSync(path) ? path : `${path}.example`, 'utf8');
  });
  const data = parseEnv(texts.join('\n'));
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name },
    ...(kind === 'Secret' ? { stringData: data } : { data }),
  };
}

function rename(manifest: Manifest, images: NonNullable<Kustomization['images']>): Manifest {
  const text = images.reduce(
    (json, { name, newName, newTag }) =>
      json.replaceAll(new RegExp(`"image":"${name}(:[^"]*)?"`, 'g'), `"image":"${newName}:${newTag}"`),
    JSON.stringify(manifest),
  );
  return JSON.parse(text) as Manifest;
}

/** Only what is taken out, `op: remove` of a field of the resource. */
function patched(manifest: Manifest, patches: readonly Patch[]): Manifest {
  const copy = structuredClone(manifest);
  for (const { target, patch } of patches) {
    for (const { op, path } of parse(patch) as { op: string; path: string }[]) {
      if (op !== 'remove') {
        throw new Error(`these tests understand no patch "${op}"`);
      }
      if (target.kind === copy.kind && target.name === copy.metadata.name) {
        remove(copy, path.split('/').slice(1));
      }
    }
  }
  return copy;
}

function remove(value: object, [field = '', ...rest]: readonly string[]): void {
  const child: unknown = Reflect.get(value, field);
  if (child === undefined) {
    throw new Error(`there is no ${field} to take out`);
  }
  if (rest.length === 0) {
    Reflect.deleteProperty(value, field);
  } else {
    remove(child as object, rest);
  }
}
