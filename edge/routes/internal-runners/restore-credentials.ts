import { CredentialsRestoreRequest } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { restoreCredentials } from '../../services/credentials/restore.ts';
import { readBody } from './read-body.ts';

/** A runner that has no newest profile asks for the sealed one. Body: CredentialsRestoreRequest. */
export const restoreCredentialsRoute = (app: App) =>
  app.post('/internal/runners/credentials/restore', async (c) => {
    const input = await readBody(c, CredentialsRestoreRequest);
    return c.json(await restoreCredentials({ services: c.get('services'), input }));
  });
