/** The game itself: 25 lights, of which a press turns five, or fewer at the edge. */

export const SIDE = 5;
const COUNT = SIDE * SIDE;

/** @typedef {readonly boolean[]} Lights */

/** @type {(lights: Lights, pressed: number) => Lights} */
export function press(lights, pressed) {
  const column = pressed % SIDE;
  const row = Math.floor(pressed / SIDE);
  return lights.map((isOn, index) => {
    const away = Math.abs((index % SIDE) - column) + Math.abs(Math.floor(index / SIDE) - row);
    return away <= 1 ? !isOn : isOn;
  });
}

/** Made by pressing, so that it can be solved by pressing. @type {() => Lights} */
export function newGame() {
  const presses = Array.from({ length: 12 }, () => Math.floor(Math.random() * COUNT));
  const lights = presses.reduce(press, /** @type {Lights} */ (new Array(COUNT).fill(false)));
  return isSolved(lights) ? newGame() : lights;
}

/** @type {(lights: Lights) => boolean} */
export function isSolved(lights) {
  return !lights.includes(true);
}
