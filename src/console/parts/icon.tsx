/** Paths on a grid of 24, drawn as lines. */
const SHAPES = {
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2',
  computer: 'M4 5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM9 20h6M12 16v4',
  unknown: 'M4 6h16v12H4zM8 10l2.5 2L8 14M13 14h3',
  gate: 'M5 21V9a7 7 0 0 1 14 0v12M9.7 21V6M14.3 21V6M5 11.5h14M5 16.5h14',
} as const;

interface Props {
  readonly shape: keyof typeof SHAPES;
}

/** Says nothing that does not stand beside it in words. */
export function Icon({ shape }: Props) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[shape]} />
    </svg>
  );
}
