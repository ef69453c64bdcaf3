import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { startTransition, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './router.tsx';
import '../styles.css';

const place = document.querySelector('#root');
if (place === null) throw new Error('the page has no place for the dashboard');
const { queryClient } = router.options.context;
const start = (): void =>
  // In slices, between which the browser can paint and take input.
  startTransition(() =>
    createRoot(place).render(
      <StrictMode>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </StrictMode>,
    ),
  );
// Until the code of the screen is there, what stands in index.html stays. What fails is shown by the screen.
void router.load().then(start, start);
