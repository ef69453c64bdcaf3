import { api, ask, type Schemas } from './client.ts';

export const upload = (file: File): Promise<Schemas['StoredFile']> =>
  ask(
    api.POST('/v1/media', {
      params: { query: { filename: file.name } },
      headers: { 'content-type': 'application/octet-stream' },
      // The document says `binary`, which the types know as text.
      body: file as unknown as string,
      bodySerializer: () => file,
    }),
  );
