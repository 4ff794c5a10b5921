import {drawn, drawnAs, fixed, type InputSpec, type OperationCase} from '../operation-case.js';

type Attributes = NonNullable<OperationCase['attributes']>;

const image = drawn([2, 4, 7, 6]);
const pooling: readonly Attributes[] = [
  {},
  {strides: [2n, 2n], pads: [1n, 0n, 1n, 1n]},
  {strides: [2n, 2n], auto_pad: 'SAME_UPPER'},
  {strides: [2n, 2n], auto_pad: 'SAME_LOWER'},
  {strides: [2n, 2n], ceil_mode: 1n},
  {strides: [2n, 2n], pads: [1n, 1n, 1n, 1n], ceil_mode: 1n},
  {auto_pad: 'VALID'},
];

function pool(type: string, attributes: Attributes, opset = 17): OperationCase {
  return {type, opset, attributes: {kernel_shape: [3n, 2n], ...attributes}, inputs: [image]};
}

const convolutions: readonly OperationCase[] = [
  [drawn([1, 2, 5]), drawn([3, 2, 3]), {}],
  [image, drawn([3, 4, 3, 2]), {pads: [1n, 1n, 1n, 0n], strides: [2n, 1n]}],
  [image, drawn([4, 2, 3, 3]), {group: 2n, dilations: [2n, 1n]}],
  [image, drawn([4, 1, 3, 3]), {group: 4n, pads: [1n, 1n, 1n, 1n], kernel_shape: [3n, 3n]}],
  [image, drawn([2, 4, 3, 3]), {auto_pad: 'SAME_UPPER', strides: [2n, 2n]}],
  [image, drawn([2, 4, 3, 2]), {auto_pad: 'SAME_LOWER', strides: [1n, 2n]}],
  [image, drawn([2, 4, 3, 2]), {auto_pad: 'VALID'}],
  [drawn([1, 2, 4, 3, 5]), drawn([2, 2, 2, 2, 3]), {strides: [1n, 1n, 2n]}],
].flatMap(([x, w, attributes]) => {
  const [input, weights] = [x as typeof image, w as typeof image];
  const common = {type: 'Conv', attributes: attributes as Attributes};
  const bias = drawn([weights.shape[0] ?? 0]);
  return [
    {...common, inputs: [input, weights]},
    {...common, inputs: [input, weights, bias]},
  ];
});

/** Layers of networks. */
export const layerCases: readonly OperationCase[] = [
  ...convolutions,
  ...[
    [[3], [3]],
    [[3], [3, 2]],
    [[2, 3], [3]],
    [
      [2, 3],
      [3, 4],
    ],
    [
      [5, 2, 3],
      [3, 4],
    ],
    [
      [5, 1, 2, 3],
      [2, 3, 4],
    ],
    [
      [2, 0],
      [0, 3],
    ],
  ].map(([a = [], b = []]) => ({type: 'MatMul', inputs: [drawn(a), drawn(b)]})),
  ...[[], [4], [2, 1], [2, 4], [1, 4]].map(shape => ({
    type: 'Gemm',
    attributes: {alpha: 0.5, beta: 2},
    inputs: [drawn([2, 3]), drawn([3, 4]), drawn(shape)],
  })),
  {
    type: 'Gemm',
    attributes: {transA: 1n, transB: 1n},
    inputs: [drawn([3, 2]), drawn([4, 3])],
  },
  ...pooling.map(attributes => pool('MaxPool', attributes)),
  pool('MaxPool', {dilations: [2n, 2n]}),
  pool('MaxPool', {strides: [2n, 1n]}, 11),
  ...[0n, 1n].flatMap(storage_order =>
    pooling.slice(0, 3).map(attributes => ({
      ...pool('MaxPool', {...attributes, storage_order}),
      outputs: 2,
    })),
  ),
  {
    type: 'MaxPool',
    attributes: {kernel_shape: [2n, 1n, 2n], storage_order: 1n},
    inputs: [drawn([2, 2, 3, 4, 3])],
    outputs: 2,
  },
  {type: 'MaxPool', attributes: {kernel_shape: [2n]}, inputs: [drawn([1, 2, 5])]},
  ...pooling.map(attributes => pool('AveragePool', attributes)),
  ...pooling
    .slice(0, 4)
    .map(attributes => pool('AveragePool', {...attributes, count_include_pad: 1n})),
  pool('AveragePool', {dilations: [2n, 2n]}, 19),
  {type: 'GlobalMaxPool', inputs: [image]},
  {type: 'GlobalAveragePool', inputs: [image]},
  {type: 'GlobalAveragePool', inputs: [drawn([2, 3, 4, 2, 3])]},
  ...[{}, {epsilon: 0.1}].map(attributes => ({
    type: 'BatchNormalization',
    attributes,
    inputs: [image, drawn([4]), drawn([4]), drawn([4]), drawn([4], 0.5, 2)],
  })),
  {
    type: 'BatchNormalization',
    opset: 13,
    inputs: [image, drawn([4]), drawn([4]), drawn([4]), drawn([4], 0.5, 2)],
  },
  ...[{}, {epsilon: 0.1, momentum: 0.5}].map(attributes => ({
    type: 'BatchNormalization',
    attributes: {...attributes, training_mode: 1n},
    inputs: [image, drawn([4]), drawn([4]), drawn([4]), drawn([4], 0.5, 2)],
    outputs: 3,
  })),
  ...[{}, {epsilon: 0.1}].map(attributes => ({
    type: 'InstanceNormalization',
    attributes,
    inputs: [image, drawn([4]), drawn([4])],
  })),
  {type: 'LayerNormalization', inputs: [drawn([2, 3, 4]), drawn([4]), drawn([4])], outputs: 3},
  {
    type: 'LayerNormalization',
    attributes: {axis: 1n, epsilon: 0.1},
    inputs: [drawn([2, 3, 4]), drawn([3, 4])],
  },
  ...[{size: 3n}, {size: 5n, alpha: 0.5, beta: 0.5, bias: 2}].map(attributes => ({
    type: 'LRN',
    attributes,
    inputs: [image],
  })),
  {type: 'Dropout', opset: 11, attributes: {ratio: 0.3}, inputs: [drawn([2, 3])]},
  {type: 'Dropout', inputs: [drawn([2, 3])], outputs: 2},
  {type: 'Dropout', inputs: [drawn([2, 3]), fixed('f32', [0.3], [])]},
  ...[
    [0, 1],
    [0.3, 0],
  ].map(([ratio = 0, training = 0]) => ({
    type: 'Dropout',
    inputs: [drawn([2, 3]), fixed('f32', [ratio], []), fixed('bool', [training], [])],
    outputs: 2,
  })),
  ...quantizations(),
  ...resizes(),
];

function quantizations(): readonly OperationCase[] {
  const values = drawnAs('f32', [2, 3, 4], -20, 20);
  const scales = fixed('f32', [0.1, 0.2, 0.05]);
  return [
    {type: 'QuantizeLinear', inputs: [values, fixed('f32', [0.1], []), fixed('u8', [128], [])]},
    {type: 'QuantizeLinear', inputs: [values, fixed('f32', [0.1], []), fixed('i8', [-3], [])]},
    {type: 'QuantizeLinear', inputs: [values, fixed('f32', [0.1], [])]},
    {type: 'QuantizeLinear', inputs: [values, scales, fixed('i8', [1, 2, 3])]},
    {type: 'QuantizeLinear', inputs: [fixed('f32', [0.5, 1.5, 2.5, -0.5]), fixed('f32', [1], [])]},
    {
      type: 'DequantizeLinear',
      inputs: [drawnAs('u8', [9], 0, 255), fixed('f32', [0.1], []), fixed('u8', [9], [])],
    },
    {type: 'DequantizeLinear', inputs: [drawnAs('i32', [9], -99, 99), fixed('f32', [0.1], [])]},
    {
      type: 'DequantizeLinear',
      attributes: {axis: 0n},
      inputs: [drawnAs('i8', [3, 4], -99, 99), scales, fixed('i8', [1, 2, 3])],
    },
    {type: 'DynamicQuantizeLinear', inputs: [values], outputs: 3},
    {type: 'DynamicQuantizeLinear', inputs: [drawnAs('f32', [9], 1, 2)], outputs: 3},
  ];
}

function resizes(): readonly OperationCase[] {
  const x = drawn([1, 2, 4, 5]);
  const transforms = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
  const roundings = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'];
  const targets = [
    [undefined, fixed('f32', [1, 1, 2, 1.5])],
    [undefined, fixed('f32', [1, 1, 0.6, 0.5])],
    [undefined, undefined, fixed('i64', [1, 2, 7, 3])],
    [undefined, undefined, fixed('i64', [1, 2, 1, 10])],
  ] as const;
  const modes = [
    {mode: 'linear'},
    ...roundings.map(nearest_mode => ({mode: 'nearest', nearest_mode})),
  ];
  const resize = (mode: Attributes, input: InputSpec) =>
    transforms.flatMap(coordinate_transformation_mode =>
      targets.map(target => ({
        type: 'Resize',
        opset: 13,
        attributes: {...mode, coordinate_transformation_mode},
        inputs: [input, ...target],
      })),
    );
  // Of one sign, so that no sum cancels out what devices round in other places.
  const positive = drawn([1, 2, 4, 5], 1, 2);
  const cubic = [
    {mode: 'cubic'},
    {mode: 'cubic', cubic_coeff_a: -0.5},
    {mode: 'cubic', exclude_outside: 1n},
  ];
  const filters = [
    {mode: 'linear'},
    {mode: 'cubic'},
    {mode: 'linear', exclude_outside: 1n},
    {mode: 'cubic', cubic_coeff_a: -0.5, exclude_outside: 1n},
  ];
  const smoothed = filters.flatMap(filter =>
    [
      [1, 2, 2, 3],
      [1, 2, 3, 8],
      [1, 2, 9, 9],
    ].map(sizes => ({
      type: 'Resize',
      opset: 18,
      attributes: {...filter, antialias: 1n},
      inputs: [positive, undefined, undefined, fixed('i64', sizes)],
    })),
  );
  // Rows from before the first on to the middle, columns from the second half on.
  const region = fixed('f32', [0, 0, -0.3, 0.5, 1, 1, 0.5, 1.2]);
  const crops = [{}, {extrapolation_value: 7}].flatMap(extrapolation =>
    ['linear', 'nearest'].map(mode => ({
      type: 'Resize',
      opset: 13,
      attributes: {mode, coordinate_transformation_mode: 'tf_crop_and_resize', ...extrapolation},
      inputs: [x, region, undefined, fixed('i64', [1, 2, 5, 3])],
    })),
  );
  const forNearest = ['floor', 'round_prefer_floor'].map(nearest_mode => ({
    type: 'Resize',
    opset: 11,
    attributes: {nearest_mode, coordinate_transformation_mode: 'tf_half_pixel_for_nn'},
    inputs: [x, fixed('f32', []), fixed('f32', [1, 1, 0.6, 0.5])],
  }));
  return [
    ...modes.flatMap(mode => resize(mode, x)),
    ...cubic.flatMap(mode => resize(mode, positive)),
    ...smoothed,
    ...crops,
    ...forNearest,
  ];
}
