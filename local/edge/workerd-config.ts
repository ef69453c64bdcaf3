import { basename, relative } from 'node:path';
import type { WranglerConfig } from './wrangler-config.ts';

export type WorkerBundle = {
  /** File of the main module. */
  script: string;
  /** Files of the modules that it imports, by name from beside it. */
  modules?: readonly string[];
  compatibilityDate: string;
  compatibilityFlags: readonly string[];
  /** Bindings as wrangler.toml names them. All keep their storage in SQLite. */
  durableObjects: WranglerConfig['durable_objects']['bindings'];
  /** Queues as wrangler.toml names them. */
  queues?: WranglerConfig['queues'];
  /** Folder of static assets, if there are any. */
  assets?: string;
};

type ConfigInput = {
  bundle: WorkerBundle;
  /** The bundled `platform/`: a file. */
  platform: string;
  /** Folder that the configuration is written to. */
  dataDir: string;
  /** Folder of Durable Object storage. */
  storage: string;
  port: number;
  /** Names of the Worker's variables; their values are in workerd's environment. */
  variables: readonly string[];
  /** CIDR ranges that the EGRESS_PRIVATE binding reaches; none = no such binding. */
  privateEgress: readonly string[];
};

/**
 * V8 would collect the old generation for the first time at 256 MiB of objects. They are small, but each holds the native
 * memory of a request, which V8 doesn't count: so the heap starts small, and a nursery stays small.
 */
const V8_FLAGS = [
  '--initial-heap-size=8',
  '--semi-space-growth-factor=1',
  '--max-semi-space-size=2',
];

/**
 * workerd's configuration, as Cap'n Proto text: the Worker behind its own socket, with nothing before it; beside it
 * `platform/`, for assets, queues and cron. @see node_modules/workerd/workerd.capnp
 */
export function workerdConfig(input: ConfigInput): string {
  const { bundle, dataDir, port, storage } = input;
  const network = (name: string, allow: readonly string[]) =>
    `(name = ${text(name)}, network = (allow = ${list(allow)}, tlsOptions = (trustBrowserCas = true)))`;
  const moduleOf = (file: string): string =>
    `(name = ${text(basename(file))}, esModule = embed ${text(relative(dataDir, file))})`;
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  v8Flags = ${list(V8_FLAGS)},
  sockets = [
    (name = "worker", address = ${text(`127.0.0.1:${port}`)}, http = (), service = "worker"),
    (name = "clock", address = "127.0.0.1:0", http = (), service = (name = "platform", entrypoint = "Clock")),
  ],
  services = [
    (name = "worker", worker = (
      modules = [${[bundle.script, ...(bundle.modules ?? [])].map(moduleOf).join(', ')}],
      compatibilityDate = ${text(bundle.compatibilityDate)},
      compatibilityFlags = ${list(bundle.compatibilityFlags)},
      globalOutbound = "internet",
      bindings = [${bindingsOf(input).join(', ')}],
      durableObjectNamespaces = [${bundle.durableObjects
        .map(
          ({ class_name }) =>
            `(className = ${text(class_name)}, uniqueKey = ${text(`waypost-${class_name}`)}, enableSql = true)`,
        )
        .join(', ')}],
      durableObjectStorage = (localDisk = "storage"),
    )),
    (name = "platform", worker = (
      modules = [(name = "platform.js", esModule = embed ${text(relative(dataDir, input.platform))})],
      compatibilityDate = ${text(bundle.compatibilityDate)},
      compatibilityFlags = ["service_binding_extra_handlers"],
      bindings = [
        (name = "WORKER", service = "worker"),
        (name = "QUEUE", durableObjectNamespace = "Queue"),
        (name = "CONSUMERS", json = ${text(JSON.stringify(bundle.queues?.consumers ?? []))}),
        (name = "CLOCK_SECRET", fromEnvironment = "CLOCK_SECRET"),
        ${bundle.assets === undefined ? '' : '(name = "FILES", service = "assets"),'}
      ],
      durableObjectNamespaces = [(className = "Queue", uniqueKey = "queue", preventEviction = true)],
      durableObjectStorage = (inMemory = void),
    )),
    ${bundle.assets === undefined ? '' : `(name = "assets", disk = (path = ${text(bundle.assets)})),`}
    (name = "storage", disk = (path = ${text(storage)}, writable = true)),
    ${network('internet', ['public', 'private'])},
    ${network('egress', ['public'])},
    ${network('egress-private', input.privateEgress)},
  ],
);
`;
}

function bindingsOf({ bundle, variables, privateEgress }: ConfigInput): string[] {
  return [
    ...variables.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
    ...bundle.durableObjects.map(
      ({ name, class_name }) =>
        `(name = ${text(name)}, durableObjectNamespace = ${text(class_name)})`,
    ),
    ...(bundle.queues?.producers ?? []).map(
      ({ binding, queue }) =>
        `(name = ${text(binding)}, queue = (name = "platform", entrypoint = "Queues", props = (json = ${text(JSON.stringify({ queue }))})))`,
    ),
    ...(bundle.assets === undefined
      ? []
      : ['(name = "ASSETS", service = (name = "platform", entrypoint = "Assets"))']),
    '(name = "EGRESS", service = "egress")',
    ...(privateEgress.length === 0
      ? []
      : ['(name = "EGRESS_PRIVATE", service = "egress-private")']),
  ];
}

/** Cap'n Proto's text literal: what JSON escapes here, it escapes alike. */
const text = (value: string): string => JSON.stringify(value);
const list = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;
