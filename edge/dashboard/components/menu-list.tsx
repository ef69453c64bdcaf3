import { DropdownMenu } from 'radix-ui';
import { type ReactElement, type ReactNode, startTransition, useEffect, useState } from 'react';
import type { MenuProps } from './menu.tsx';

const ITEM =
  'flex min-h-8 w-full items-center gap-2 rounded-sm px-2 text-sm outline-none select-none data-highlighted:bg-raised pointer-coarse:min-h-11';

/** The button with its list, which opens once it is there. */
export function OpenMenu({
  trigger,
  align = 'end',
  byKey,
  children,
}: MenuProps & {
  /** Then the first item has the focus, as whenever a key opens it. */
  byKey: boolean;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    // Radix has not seen the key that brought it here.
    if (byKey) document.dispatchEvent(new KeyboardEvent('keydown'));
    // Its items are lazy too: without a transition the page would give way to its fallback.
    startTransition(() => setOpen(true));
  }, [byKey]);
  return (
    <DropdownMenu.Root modal={false} open={isOpen} onOpenChange={setOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      {/* Inside a landmark, so that readers of the screen know where they are. */}
      <DropdownMenu.Portal container={document.querySelector<HTMLElement>('#content')}>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-52 rounded-md border bg-surface p-1 text-ink shadow-lg"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export const MenuItem = ({
  onSelect,
  isDanger = false,
  children,
}: {
  onSelect: () => void;
  isDanger?: boolean;
  children: ReactNode;
}): ReactElement => (
  <DropdownMenu.Item onSelect={onSelect} className={isDanger ? `${ITEM} text-bad` : ITEM}>
    {children}
  </DropdownMenu.Item>
);

export const MenuLabel = ({ children }: { children: ReactNode }): ReactElement => (
  <DropdownMenu.Label className="px-2 py-1.5 text-xs text-muted">{children}</DropdownMenu.Label>
);

export const MenuLine = (): ReactElement => (
  <DropdownMenu.Separator className="my-1 border-t border-line" />
);

export const MenuChoice = ({
  value,
  options,
  onChoose,
}: {
  value: string;
  options: readonly { value: string; label: string }[];
  onChoose: (value: string) => void;
}): ReactElement => (
  <DropdownMenu.RadioGroup value={value} onValueChange={onChoose}>
    {options.map((option) => (
      <DropdownMenu.RadioItem key={option.value} value={option.value} className={ITEM}>
        <span className="w-4">
          <DropdownMenu.ItemIndicator>✓</DropdownMenu.ItemIndicator>
        </span>
        {option.label}
      </DropdownMenu.RadioItem>
    ))}
  </DropdownMenu.RadioGroup>
);
