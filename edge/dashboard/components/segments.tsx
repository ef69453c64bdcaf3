import type { ReactElement } from 'react';

/** One of a few short words, side by side. */
export const Segments = <Word extends string>({
  label,
  options,
  value,
  onChoose,
  wordOf = (option) => option,
}: {
  label: string;
  options: readonly Word[];
  value: Word;
  onChoose: (word: Word) => void;
  wordOf?: (option: Word) => string;
}): ReactElement => (
  <div role="group" aria-label={label} className="flex flex-wrap gap-1">
    {options.map((option) => (
      <button
        key={option}
        type="button"
        aria-pressed={option === value}
        onClick={() => onChoose(option)}
        className="min-h-7 rounded-md px-2.5 text-sm text-muted hover:text-ink aria-pressed:bg-raised aria-pressed:font-medium aria-pressed:text-ink pointer-coarse:min-h-11"
      >
        {wordOf(option)}
      </button>
    ))}
  </div>
);
