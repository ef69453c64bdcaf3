import type { App } from '../http/app.ts';
import { type Operation, UNKNOWN_OPERATION } from './call.ts';

/** The operations by `METHOD /router/:pattern`, from the routes' own declarations. */
export function operationsOf(app: App): ReadonlyMap<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { method, path, operationId = UNKNOWN_OPERATION, responses } = definition.route;
    const statuses = Object.keys(responses).map(Number);
    operations.set(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, {
      operationId,
      route: path,
      successStatus: Math.max(200, ...statuses.filter((status) => status >= 200 && status < 300)),
    });
  }
  return operations;
}
