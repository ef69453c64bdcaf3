import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { folder, install } from './install.ts';

/** As far as n8n's own library and the node are used here. */
type Parameters = Record<string, unknown>;
type Description = { properties: unknown[] };
type Workflow = {
  NodeHelpers: {
    getNodeParameters: (
      properties: unknown[],
      values: Parameters,
      returnDefaults: boolean,
      returnNoneDisplayed: boolean,
      node: unknown,
      description: Description,
    ) => Parameters | null;
  };
};
type Loaded = { EvolutionApi: new () => { description: Description; execute: Execute } };
type Execute = (this: unknown) => Promise<unknown>;

/** What one execution asked of the server, and what it was answered. */
export type Exchange = { method: string; path: string; status: number; answer: unknown };

/** What the node hands to n8n to send. */
const Request = z.looseObject({
  method: z.string(),
  uri: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown().optional(),
});

/** The node `n8n-nodes-evolution-api` as it is published, with n8n's library and what else of n8n it calls. */
export async function evolutionNode(server: { url: string; apiKey: string }) {
  await install();
  const load = createRequire(join(folder, 'package.json'));
  const { NodeHelpers }: Workflow = load('n8n-workflow');
  const { EvolutionApi }: Loaded = load(
    'n8n-nodes-evolution-api/dist/nodes/EvolutionApi/EvolutionApi.node.js',
  );
  const node = new EvolutionApi();
  const { description } = node;

  /** Executes one operation, with its defaults where a parameter is not given. */
  async function execute(given: Parameters): Promise<Exchange[]> {
    const exchanges: Exchange[] = [];
    const facts = { name: 'Evolution', typeVersion: 1, type: 'evolutionApi', parameters: given };
    const { properties } = description;
    const filled = NodeHelpers.getNodeParameters(
      properties,
      given,
      true,
      false,
      facts,
      description,
    );
    const parameters = { ...filled, ...given };
    const helpers = {
      request: async (options: unknown) => {
        const { method, uri, headers, body } = Request.parse(options);
        const sent = new Headers(headers);
        sent.set('content-type', 'application/json');
        const answer = await fetch(uri, {
          method,
          headers: sent,
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const read: unknown = await answer.json();
        const path = new URL(uri).pathname;
        exchanges.push({ method, path, status: answer.status, answer: read });
        if (!answer.ok) throw new Error(`${answer.status} - ${JSON.stringify(read)}`);
        return read;
      },
      returnJsonArray: (data: unknown) => [data].flat(),
    };
    const context = {
      helpers,
      getNode: () => facts,
      getInputData: () => [{ json: {} }],
      continueOnFail: () => true,
      getCredentials: async () => ({ 'server-url': server.url, apikey: server.apiKey }),
      getNodeParameter: (name: string, _item: number, otherwise?: unknown) =>
        at(parameters, name) ?? otherwise,
    };
    await node.execute.call(context);
    return exchanges;
  }

  return { execute, operations: operationsOf(description) };
}

const Choice = z.object({
  name: z.literal('operation'),
  displayOptions: z.object({ show: z.object({ resource: z.array(z.string()) }) }),
  options: z.array(z.looseObject({ value: z.string() })),
});

/** `resource operation` of each that the node offers. */
const operationsOf = ({ properties }: Description): string[] =>
  properties.flatMap((property) => {
    const choice = Choice.safeParse(property).data;
    const resources = choice?.displayOptions.show.resource ?? [];
    return resources.flatMap((resource) =>
      (choice?.options ?? []).map(({ value }) => `${resource} ${value}`),
    );
  });

/** `options.settings` of `{options: {settings}}`. */
const at = (parameters: Parameters, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => Object(value)[name], parameters);
