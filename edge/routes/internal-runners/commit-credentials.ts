import { CredentialsCommitRequest } from '../../../shared/protocol/index.ts';
import type { App } from '../../http/app.ts';
import { commitCredentials } from '../../services/credentials/commit.ts';
import { readBody } from './read-body.ts';

/** A runner says that a sealed bundle is in its place. Body: CredentialsCommitRequest. */
export const commitCredentialsRoute = (app: App) =>
  app.post('/internal/runners/credentials/commit', async (c) => {
    const input = await readBody(c, CredentialsCommitRequest);
    return c.json(await commitCredentials({ services: c.get('services'), input }));
  });
