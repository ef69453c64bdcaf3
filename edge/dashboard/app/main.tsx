import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { startTransition, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createQueryClient } from '../api/query-client.ts';
import { makeRouter } from './router.tsx';
import '../styles.css';

const place = document.querySelector('#root');
if (place === null) throw new Error('the page has no place for the dashboard');

const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** In steps, between which the browser can paint and take input: as one, they hold a phone up. */
async function start(root: Root): Promise<void> {
  await breath();
  const queryClient = createQueryClient();
  const router = makeRouter(queryClient);
  await breath();
  // Until the code of the screen is there, what stands in index.html stays. What fails is shown by the screen.
  await router.load().catch(() => undefined);
  await breath();
  startTransition(() =>
    root.render(
      <StrictMode>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
}
void start(createRoot(place));
