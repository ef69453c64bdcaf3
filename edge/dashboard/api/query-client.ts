import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors.ts';

const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

/** What the API refuses it refuses again; only what may pass is asked for once more. */
const mayPass = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500);

export function createQueryClient(): QueryClient {
  const noteSignedOut = (error: unknown): void => {
    // The next read of the signed-in person finds none, and leads to the sign-in page.
    if (isSignedOut(error)) void client.invalidateQueries({ queryKey: ['me'] });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (queryKey[0] !== 'me') noteSignedOut(error);
      },
    }),
    mutationCache: new MutationCache({ onError: noteSignedOut }),
    defaultOptions: {
      queries: { retry: (count, error) => mayPass(error) && count < 2, staleTime: 1_000 },
    },
  });
  return client;
}
