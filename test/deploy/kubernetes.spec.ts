import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import { ConfigurationError } from '../../src/config/configuration-error.js';
import { loadConfiguration } from '../../src/config/load-configuration.js';
import { SETTING_NAMES } from '../../src/config/settings.js';
import { renderKustomization, type Manifest } from '../support/kustomization.js';
import { checkFields, checkSchemas } from '../support/strict-manifests.js';

const PROJECT = join(__dirname, '../..');
const OVERLAY = join(PROJECT, 'deploy/kubernetes/overlays/example');
const API = { 'app.kubernetes.io/name': 'parley', 'app.kubernetes.io/component': 'api' };

/** The parts of a manifest that these tests look at; that they are there is a test of its own. */
interface Workload extends Manifest {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy: { rollingUpdate: object };
    readonly selector: { matchLabels: object };
    readonly template: { metadata: { labels: object }; spec: IPodSpec };
  };
}

const service = renderKustomization(join(OVERLAY, 'service'));
const migration = renderKustomization(join(OVERLAY, 'migration'));
const base = renderKustomization(join(PROJECT, 'deploy/kubernetes/base'));

function find(manifests: readonly Manifest[], kind: string, name = 'parley'): Manifest {
  const found = manifests.filter((each) => each.kind === kind && each.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
}

const deployment = find(service, 'Deployment') as Workload;
const job = find(migration, 'Job', 'parley-migration') as Workload;
const podOf = ({ spec }: Workload): IPodSpec => spec.template.spec;
const containerOf = (workload: Workload): IContainer => podOf(workload).containers[0]!;
const valuesOf = (workload: Workload): Record<string, string | undefined> =>
  Object.fromEntries((containerOf(workload).env ?? []).map(({ name, value }) => [name, value]));

describe('The manifests of Kubernetes', () => {
  const all = [...service, ...migration, ...base];

  it('should hold everything that the documentation promises', () => {
    expect(service.map(({ kind }) => kind).toSorted()).toEqual([
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Secret',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
    expect(migration.map(({ kind }) => kind).toSorted()).toEqual([
      'ConfigMap',
      'Job',
      'NetworkPolicy',
      'Secret',
    ]);
  });

  it('should be right by the schemas of Kubernetes', () => {
    expect(checkSchemas(all)).toEqual([]);
    const wrong = { ...deployment, spec: { ...deployment.spec, replicas: 'two' } };
    expect(checkSchemas([wrong])).toEqual([
      expect.stringMatching(/^Deployment parley: .*replicas must be integer/),
    ]);
  });

  it('should have no field that Kubernetes does not know', () => {
    expect(checkFields(all)).toEqual([]);
    const misspelt = { ...deployment, spec: { ...deployment.spec, replicaz: 2 } };
    expect(checkFields([misspelt])).toEqual([expect.stringMatching(/replicaz.* does not exist/)]);
  });

  it('should belong to no namespace of ours, so that the overlay decides', () => {
    expect(all.filter(({ metadata }) => metadata.namespace !== undefined)).toEqual([]);
  });
});

describe('The Deployment', () => {
  it('should have two replicas, or leave their number to the autoscaler', () => {
    expect((find(base, 'Deployment') as Workload).spec.replicas).toBe(2);
    expect(deployment.spec.replicas).toBeUndefined();
    expect(find(service, 'HorizontalPodAutoscaler')).toMatchObject({
      spec: { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'parley' } },
    });
  });

  it('should never have fewer replicas while it is rolled out', () => {
    expect(deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  it('should be probed at routes that exist, on the port that is listened on', () => {
    const { paths } = JSON.parse(readFileSync(join(PROJECT, 'openapi.json'), 'utf8')) as { paths: object };
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(deployment);
    const gets = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet);
    expect(gets).toEqual(['/startupz', '/readyz', '/livez'].map((path) => ({ path, port: 'http' })));
    expect(gets.filter((get) => !Object.hasOwn(paths, get?.path ?? ''))).toEqual([]);
  });

  it('should be told the ports that are its defaults', () => {
    const { http } = loadConfiguration(secrets(), PROJECT).configuration;
    const { ports = [] } = containerOf(deployment);
    expect(Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort]))).toEqual({
      http: http.port,
      metrics: http.metricsPort,
    });
    expect(valuesOf(deployment)).toMatchObject({
      HOST: '0.0.0.0',
      PORT: String(http.port),
      METRICS_PORT: String(http.metricsPort),
    });
  });

  it('should be killed only after the service has given up by itself', () => {
    const { SHUTDOWN_DELAY_SECONDS: delay, SHUTDOWN_GRACE_SECONDS: grace } = valuesOf(deployment);
    expect(Number(delay)).toBeGreaterThan(0);
    expect(podOf(deployment).terminationGracePeriodSeconds).toBeGreaterThan(Number(delay) + Number(grace));
    // The delay is the service's own; a sleep before the signal would only add to it.
    expect(containerOf(deployment).lifecycle).toBeUndefined();
  });

  it('should be found by what looks for its labels', () => {
    expect(deployment.spec.template.metadata.labels).toEqual(API);
    expect(deployment.spec.selector.matchLabels).toEqual(API);
    expect(find(service, 'Service')).toMatchObject({ spec: { selector: API } });
    for (const kind of ['PodDisruptionBudget', 'ServiceMonitor']) {
      expect(find(service, kind)).toMatchObject({ spec: { selector: { matchLabels: API } } });
    }
    expect(find(service, 'NetworkPolicy')).toMatchObject({ spec: { podSelector: { matchLabels: API } } });
    for (const { labelSelector } of podOf(deployment).topologySpreadConstraints ?? []) {
      expect(labelSelector).toEqual({ matchLabels: API });
    }
  });
});

describe.each([
  ['Deployment', deployment],
  ['Job', job],
])('The pods of the %s', (_kind, workload) => {
  it('should have no right that they do not need', () => {
    expect(podOf(workload)).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(containerOf(workload).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(podOf(workload).volumes).toBeUndefined();
  });

  it('should be bounded in memory and ask for what they need', () => {
    const { requests, limits } = containerOf(workload).resources ?? {};
    expect([Object.keys(requests ?? {}), Object.keys(limits ?? {})]).toEqual([['cpu', 'memory'], ['memory']]);
  });

  it('should run the image that the overlay names', () => {
    expect(containerOf(workload).image).toMatch(/^registry\.example\.com\/parley:\d/);
  });

  it('should read settings that exist, from where the overlay puts them', () => {
    const { envFrom = [], env = [] } = containerOf(workload);
    expect(envFrom).toEqual([
      { configMapRef: { name: 'parley-settings' } },
      { secretRef: { name: 'parley-secrets' } },
    ]);
    const names = [
      ...env.map(({ name }) => name),
      ...Object.keys(find(service, 'ConfigMap', 'parley-settings')['data'] as object),
      ...Object.keys(find(service, 'Secret', 'parley-secrets')['stringData'] as object),
    ];
    expect(names.filter((name) => !(SETTING_NAMES as readonly string[]).includes(name))).toEqual([]);
  });
});

describe('The settings of the overlay', () => {
  const given = {
    NODE_ENV: 'production',
    ...(find(service, 'ConfigMap', 'parley-settings')['data'] as Record<string, string>),
    ...(find(service, 'Secret', 'parley-secrets')['stringData'] as Record<string, string>),
    ...valuesOf(deployment),
  };

  it('should be refused as long as the secrets are the samples', () => {
    expect(() => loadConfiguration(given, PROJECT)).toThrow(ConfigurationError);
    expect(() => loadConfiguration({ ...given, JWT_SECRET_KEY: secrets().JWT_SECRET_KEY }, PROJECT)).toThrow(
      /EMAIL_HASH_KEY/,
    );
  });

  it('should be accepted with secrets', () => {
    const { configuration, warnings } = loadConfiguration({ ...given, ...secrets() }, PROJECT);
    expect(warnings).toEqual([]);
    expect(configuration.http.trustProxy).not.toBe(0);
  });
});

function secrets(): { JWT_SECRET_KEY: string; EMAIL_HASH_KEY: string } {
  const secret = (): string => randomBytes(48).toString('base64');
  return { JWT_SECRET_KEY: secret(), EMAIL_HASH_KEY: secret() };
}

describe('The network policy', () => {
  it('should name every port that is used, and no other', () => {
    interface Rule {
      readonly ports: readonly { port: number | string }[];
    }
    const portsOf = (manifest: Manifest, direction: 'ingress' | 'egress'): unknown[] =>
      ((manifest['spec'] as Record<string, Rule[] | undefined>)[direction] ?? []).flatMap(({ ports }) =>
        ports.map(({ port }) => port),
      );
    const policy = find(service, 'NetworkPolicy');
    expect(portsOf(policy, 'ingress')).toEqual(['http', 'metrics']);
    expect(portsOf(policy, 'egress')).toEqual([53, 53, 5432, 6379, 443]);
    const forJob = find(migration, 'NetworkPolicy', 'parley-migration');
    expect(portsOf(forJob, 'ingress')).toEqual([]);
    expect(portsOf(forJob, 'egress')).toEqual([53, 53, 5432]);
    expect(forJob).toMatchObject({
      spec: { podSelector: { matchLabels: job.spec.template.metadata.labels } },
    });
  });
});
