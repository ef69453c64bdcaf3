import { lazy, type ReactElement, Suspense, useEffect, useState } from 'react';
import type { Me } from '../api/me.ts';
import { Icon } from '../components/icon.tsx';
import { t } from '../messages/en.ts';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));

/** Opens the palette; so does ⌘K, or Ctrl K, from anywhere. */
export function SearchButton({ me }: { me: Me }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-keyshortcuts="Meta+K Control+K"
        className="flex min-h-8 items-center gap-2.5 rounded-md px-2 text-muted hover:bg-raised hover:text-ink max-sm:ml-auto max-sm:min-h-11 sm:mt-2 sm:border"
      >
        <Icon name="search" />
        <span className="max-sm:sr-only">{t.palette.open}</span>
        <kbd className="ml-auto font-sans text-xs max-sm:hidden">{t.palette.keys}</kbd>
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <Palette me={me} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
