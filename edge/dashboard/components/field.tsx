import { clsx } from 'clsx';
import {
  type InputHTMLAttributes,
  type ReactElement,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';

const CONTROL =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink min-h-9 pointer-coarse:min-h-11 pointer-coarse:text-lg aria-invalid:border-bad';

type Shared = { label: string; hint?: ReactNode; error?: string | undefined };

/** A label, its control, and below it what helps or what is wrong. */
function Frame({
  label,
  hint,
  error,
  id,
  children,
}: Shared & { id: string; children: ReactNode }): ReactElement {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {error !== undefined && (
        <p id={`${id}-note`} role="alert" className="text-sm text-bad">
          {error}
        </p>
      )}
      {error === undefined && hint !== undefined && (
        <p id={`${id}-note`} className="text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}

const described = (id: string, { hint, error }: Shared) => ({
  id,
  'aria-invalid': error !== undefined,
  'aria-describedby': hint === undefined && error === undefined ? undefined : `${id}-note`,
});

type InputProps = Shared & InputHTMLAttributes<HTMLInputElement>;

export function Input({ label, hint, error, className, ...rest }: InputProps): ReactElement {
  const id = useId();
  const shared = { label, hint, ...(error !== undefined && { error }) };
  return (
    <Frame {...shared} id={id}>
      <input {...rest} {...described(id, shared)} className={clsx(CONTROL, className)} />
    </Frame>
  );
}

type TextAreaProps = Shared & TextareaHTMLAttributes<HTMLTextAreaElement>;

export function TextArea({ label, hint, error, className, ...rest }: TextAreaProps): ReactElement {
  const id = useId();
  const shared = { label, hint, ...(error !== undefined && { error }) };
  return (
    <Frame {...shared} id={id}>
      <textarea
        rows={4}
        {...rest}
        {...described(id, shared)}
        className={clsx(CONTROL, 'py-2', className)}
      />
    </Frame>
  );
}

type SelectProps = Shared & SelectHTMLAttributes<HTMLSelectElement>;

export function Select({ label, hint, error, className, ...rest }: SelectProps): ReactElement {
  const id = useId();
  const shared = { label, hint, ...(error !== undefined && { error }) };
  return (
    <Frame {...shared} id={id}>
      <select {...rest} {...described(id, shared)} className={clsx(CONTROL, className)} />
    </Frame>
  );
}

type TickProps = InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: ReactNode };

export const Checkbox = (props: TickProps): ReactElement => <Tick {...props} type="checkbox" />;

type ChoiceProps<Value extends string> = {
  legend: string;
  options: readonly { value: Value; label: string; hint?: ReactNode }[];
  /** Without one, none is chosen yet. */
  value: Value | undefined;
  onChange: (value: Value) => void;
};

/** One of a few, as radio buttons. */
export function Choice<Value extends string>({
  legend,
  options,
  value: chosen,
  onChange,
}: ChoiceProps<Value>): ReactElement {
  const name = useId();
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 text-sm font-medium">{legend}</legend>
      {options.map(({ value, ...shown }) => (
        <Tick
          key={value}
          {...shown}
          type="radio"
          name={name}
          checked={value === chosen}
          onChange={() => onChange(value)}
        />
      ))}
    </fieldset>
  );
}

function Tick({ label, hint, ...rest }: TickProps): ReactElement {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <input
        {...rest}
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-note`}
        className="mt-0.5 size-4 shrink-0 accent-accent pointer-coarse:size-6"
      />
      <div className="pointer-coarse:pt-0.5">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-note`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
