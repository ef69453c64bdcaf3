import {
  type ButtonHTMLAttributes,
  cloneElement,
  lazy,
  type ReactElement,
  type ReactNode,
  startTransition,
  useState,
} from 'react';

// Radix is a fifth of the code of a page, and a menu of it costs more than its button: both come with the first press.
const read = () => import('./menu-list.tsx');
const OpenMenu = lazy(async () => ({ default: (await read()).OpenMenu }));
export const MenuItem = lazy(async () => ({ default: (await read()).MenuItem }));
export const MenuLabel = lazy(async () => ({ default: (await read()).MenuLabel }));
export const MenuLine = lazy(async () => ({ default: (await read()).MenuLine }));
export const MenuChoice = lazy(async () => ({ default: (await read()).MenuChoice }));

export type MenuProps = {
  trigger: ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;
  align?: 'start' | 'end';
  children: ReactNode;
};

/** A button that opens a list of actions. */
export function Menu(props: MenuProps): ReactElement {
  const [opened, setOpened] = useState<'by key' | 'by pointer' | null>(null);
  if (opened !== null) return <OpenMenu {...props} byKey={opened === 'by key'} />;
  // The button stays while the list is on its way.
  const open = (how: 'by key' | 'by pointer'): void => startTransition(() => setOpened(how));
  // What fails here is tried again by the press, which shows it.
  const prefetch = (): void => void read().catch(() => undefined);
  return cloneElement(props.trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: prefetch,
    onFocus: prefetch,
    onKeyDown: (event) => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      open('by key');
    },
    // A key clicks too, and counts no clicks.
    onClick: ({ detail }) => open(detail === 0 ? 'by key' : 'by pointer'),
  });
}
