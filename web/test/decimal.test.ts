import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  format,
  isDecimal,
  placesFor,
  plain,
  subtract,
  sum,
} from '../src/base/decimal';

describe('decimals stay exact', () => {
  test('where a float would not', () => {
    expect(add('0.1', '0.2')).toBe('0.3');
    expect(add('170000000000000000000.000000000000000001', '1')).toBe(
      '170000000000000000001.000000000000000001',
    );
    expect(subtract('20.854982210000000000', '22.104982210000000001')).toBe(
      '-1.250000000000000001',
    );
    expect(sum(['1.10', '-0.1', '2'])).toBe('3');
  });
  test('and compare by value, whatever their length', () => {
    expect(compare('1.10', '1.1')).toBe(0);
    expect(compare('-2', '1')).toBe(-1);
    expect(compare('9007199254740993', '9007199254740992')).toBe(1);
    expect(compare('-0', '0')).toBe(0);
  });
  test('random sums equal those of scaled integers', () => {
    let seed = 4711;
    const next = () => (seed = (seed * 48271) % 2147483647);
    for (let i = 0; i < 2000; ++i) {
      const [a, b, places] = [
        BigInt(next()) * BigInt(next()) - 2n ** 60n,
        BigInt(next()) - 2n ** 30n,
        next() % 19,
      ];
      const text = (x: bigint) => {
        const digits = (x < 0n ? -x : x).toString().padStart(places + 1, '0');
        return (
          (x < 0n ? '-' : '') +
          digits.slice(0, digits.length - places) +
          (places ? `.${digits.slice(digits.length - places)}` : '')
        );
      };
      expect(
        compare(add(text(a), text(b)), text(a + b)),
        `${text(a)} + ${text(b)}, step ${i}`,
      ).toBe(0);
    }
  });
});

describe('decimals are shown', () => {
  test('grouped, with a true minus sign, as exact as they are', () => {
    expect(format('1611204.18250000')).toBe('1,611,204.18250000');
    expect(format('-1234.5')).toBe('\u22121,234.5');
    expect(format('999')).toBe('999');
    expect(format('007')).toBe('7');
  });
  test('rounded half to even where places are asked for', () => {
    expect(format('2.345', { places: 2 })).toBe('2.34');
    expect(format('2.355', { places: 2 })).toBe('2.36');
    expect(format('2.3450000001', { places: 2 })).toBe('2.35');
    expect(format('999.999', { places: 2 })).toBe('1,000.00');
    expect(format('0.5', { places: 0 })).toBe('0');
    expect(format('1.5', { places: 0 })).toBe('2');
    expect(format('-0.001', { places: 2 })).toBe('0.00');
    expect(format('8', { places: 3 })).toBe('8.000');
  });
  test('made of statistics, without exponents or noise', () => {
    expect([1e-7, 0.1 + 0.2, 324173.866960000014, -1250, 1e21, 0].map(plain)).toEqual([
      '0.0000001',
      '0.3',
      '324173.86696',
      '-1250',
      '1000000000000000000000',
      '0',
    ]);
  });
  test('with a plus where a change is meant, but not on zero', () => {
    expect(format('1.5', { plus: true })).toBe('+1.5');
    expect(format('0.00', { plus: true })).toBe('0.00');
  });
  test('to a thousandth of their range', () => {
    expect([placesFor(8), placesFor(0.0009), placesFor(3e6), placesFor(0), placesFor(NaN)]).toEqual(
      [2, 6, 0, 2, 2],
    );
  });
  test('what is none is told', () => {
    expect(['1', '-1.5', '.5', '5.'].every(isDecimal)).toBe(true);
    expect(['', '.', '1e5', '1,5', 'abc', '--1', '1 2', 'NaN'].some(isDecimal)).toBe(false);
  });
});
