import { Slots } from '../../src/http/slots.ts';

describe('slots', () => {
  it('hold those who came and have not left', () => {
    const slots = new Slots<{ readonly name: string }>();
    const [first, second, third] = [{ name: 'first' }, { name: 'second' }, { name: 'third' }];
    const slot = slots.add(first);
    slots.add(second);
    slots.remove(slot);
    expect(slots.all()).toEqual([second]);
    slots.add(third);
    expect(new Set(slots.all())).toEqual(new Set([second, third]));
  });

  it('give the place of one who left to the next, so that they stay as many as were there at once', () => {
    const slots = new Slots<object>();
    const taken = Array.from({ length: 1_000 }, () => {
      const slot = slots.add({});
      slots.remove(slot);
      return slot;
    });
    expect(new Set(taken)).toEqual(new Set([0]));
  });
});
