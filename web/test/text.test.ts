import { describe, expect, test } from 'vitest';
import { bytes, differences, number, percent, stateName } from '../src/base/text';
import { clock, duration, latency, moment } from '../src/base/time';

test('percentages never round up to what is not whole', () => {
  expect(percent(0.999999)).toBe('99.99\u202f%');
  expect(percent(1)).toBe('100.00\u202f%');
  expect(percent(0.825, 1)).toBe('82.5\u202f%');
  expect(percent(null)).toBe('–');
  expect(percent(-0.256, 1)).toBe('\u221225.6\u202f%');
});

test('numbers are grouped before the point alone, and zero has no sign', () => {
  expect(number(1234567.1234, 4)).toBe('1,234,567.1234');
  expect(number(-0.001, 2, true)).toBe('0.00');
  expect(number(-1.5, 2, true)).toBe('\u22121.50');
  expect(number(1.5, 2, true)).toBe('+1.50');
  expect(number(null)).toBe('–');
});

test('times are UTC, ages short', () => {
  const at = Date.parse('2026-01-05T14:03:09.4Z');
  expect(clock(at)).toBe('14:03:09');
  expect(moment(at, at + 1000)).toBe('14:03:09');
  expect(moment(at, at + 86400000)).toBe('2026-01-05 14:03:09');
  expect([0.42, 42, 59.7, 200, 7500, 273600, Infinity].map(duration)).toEqual([
    '0.4 s',
    '42 s',
    '1 m 00 s',
    '3 m 20 s',
    '2 h 05 m',
    '3 d 4 h',
    '–',
  ]);
  expect([4.1e-7, 1.9e-6, 0.0021, 0.0118, 2].map(latency)).toEqual([
    '410 ns',
    '1.9 µs',
    '2.1 ms',
    '12 ms',
    '2.0 s',
  ]);
  expect(bytes(188743680)).toBe('189 MB');
});

describe('differences', () => {
  test('name the fields that change, and no others', () => {
    expect(
      differences({ limit: ['4', '12'], unit: 'BTC' }, { limit: ['4', '10'], unit: 'BTC' }),
    ).toEqual([{ field: 'limit', before: '[4, 12]', after: '[4, 10]' }]);
  });
  test('leave out what moves by itself', () => {
    expect(differences({ version: '1', used: 0.5 }, { version: '2', used: 0.4 })).toEqual([]);
  });
  test('know what was not there', () => {
    expect(differences(null, { name: 'x', ends: null })).toEqual([
      { field: 'name', before: '–', after: 'x' },
    ]);
    expect(differences({ stopped: false }, { stopped: true })).toEqual([
      { field: 'stopped', before: 'no', after: 'yes' },
    ]);
  });
});

test('states are said in words', () =>
  expect(['in_band', 'above', 'unknown'].map(stateName)).toEqual(['in band', 'above', 'unknown']));
