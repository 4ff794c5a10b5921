import test from 'ava';
import {fusionsOf, type SessionKernel} from '../../../../../devices/onnxruntime/profile/fusions.js';
import {readNetwork} from '../../../../../src/network/read-network.js';
import {NetworkBuilder} from '../../../../support/network-builder.js';
import {tensorOf} from '../../../../support/tensor-of.js';

const weights = tensorOf('f32', [1, 1, 1, 1], [2]);

//  x -> conv1 -> relu1 -+-> conv2 -> add -> relu2 -> pool -> z
//                       +--------------^
function residual() {
  return new NetworkBuilder()
    .input('x', 'f32', [1, 1, 4, 4])
    .initializer('w', weights)
    .node('Conv', 'x w', 'c1', {}, 'conv1')
    .node('Relu', 'c1', 'r1', {}, 'relu1')
    .node('Conv', 'r1 w', 'c2', {}, 'conv2')
    .node('Add', 'r1 c2', 'a', {}, 'add')
    .node('Relu', 'a', 'r2', {}, 'relu2')
    .node('MaxPool', 'r2', 'z', {kernel_shape: [2n, 2n]}, 'pool')
    .output('z');
}

/** `kernel: operation + what is fused into it`. */
function told(network: NetworkBuilder, kernels: readonly SessionKernel[]): readonly string[] {
  const {graph} = readNetwork(network.bytes());
  return fusionsOf(graph, kernels).map(({kernel, operation, fused}) => {
    const names = [operation?.name ?? 'nobody', ...fused.map(({name}) => name)];
    return `${kernel.name}: ${names.join(' + ')}`;
  });
}

test('a kernel that is called after its first operation does what follows too', t => {
  const kernels = [
    {name: 'conv1', type: 'FusedConv'},
    {name: 'conv2', type: 'FusedConv'},
    {name: 'pool', type: 'MaxPool'},
  ];
  t.deepEqual(told(residual(), kernels), [
    'conv1: conv1 + relu1',
    'conv2: conv2 + add + relu2',
    'pool: pool',
  ]);
});

test('a kernel that is called after what it makes does what comes before too', t => {
  const kernels = [
    {name: 'r1_nchwc', type: 'com.microsoft.nchwc.Conv', outputs: ['reorder_0']},
    {name: 'c2_nchwc', type: 'com.microsoft.nchwc.Conv', outputs: ['reorder_1']},
    {name: 'z_nchwc', type: 'com.microsoft.nchwc.MaxPool', outputs: ['reorder_2']},
    {name: 'ReorderOutput', type: 'com.microsoft.nchwc.ReorderOutput', outputs: ['z']},
  ];
  t.deepEqual(told(residual(), kernels), [
    'r1_nchwc: conv1 + relu1',
    'c2_nchwc: conv2 + add + relu2',
    'z_nchwc: pool',
    'ReorderOutput: nobody',
  ]);
});

test('a kernel with a name of its own is known by what it makes', t => {
  const kernels = [
    {name: 'made up', type: 'FusedConv', outputs: ['r1']},
    {name: 'made up too', type: 'FusedConv', outputs: ['r2']},
    {name: 'pool', type: 'MaxPool', outputs: ['z']},
  ];
  t.deepEqual(told(residual(), kernels), [
    'made up: conv1 + relu1',
    'made up too: conv2 + add + relu2',
    'pool: pool',
  ]);
});

// x -> MatMul w -> Add b -> Div -> Erf -> Add -> Mul (with the first Add) -> Transpose -> MatMul
function layer() {
  const one = tensorOf('f32', [1], [1]);
  return new NetworkBuilder()
    .input('x', 'f32', [2, 2])
    .initializer('w', tensorOf('f32', [2, 2], [1, 2, 3, 4]))
    .initializer('b', one)
    .node('MatMul', 'x w', 'm', {}, 'matmul')
    .node('Add', 'm b', 's', {}, 'bias')
    .node('Div', 's b', 'd', {}, 'divide')
    .node('Erf', 'd', 'e', {}, 'erf')
    .node('Add', 'e b', 'p', {}, 'plus')
    .node('Mul', 's p', 'g', {}, 'gelu')
    .node('Transpose', 'g', 't', {}, 'turn')
    .node('MatMul', 'g t', 'z', {}, 'product')
    .output('z');
}

test('where it is known what kernels make, fusions of many operations are told apart', t => {
  const kernels = [
    {name: 'matmul/MatMulAddFusion', type: 'Gemm', outputs: ['made']},
    {name: 'gemm_output_reshape', type: 'Reshape', outputs: ['s']},
    {name: 'Gelu_token_3', type: 'com.microsoft.Gelu', outputs: ['g']},
    {name: 'product/MatmulTransposeFusion/', type: 'com.microsoft.FusedMatMul', outputs: ['z']},
  ];
  t.deepEqual(told(layer(), kernels), [
    'matmul/MatMulAddFusion: matmul + bias',
    'gemm_output_reshape: nobody',
    'Gelu_token_3: gelu + divide + erf + plus',
    'product/MatmulTransposeFusion/: product + turn',
  ]);
});

test('where it is not known, a kernel takes what it surely does and no more', t => {
  const kernels = [
    {name: 'matmul/MatMulAddFusion', type: 'Gemm'},
    {name: 'Gelu', type: 'Gelu'},
    {name: 'product/MatmulTransposeFusion/', type: 'FusedMatMul'},
  ];
  t.deepEqual(told(layer(), kernels), [
    'matmul/MatMulAddFusion: matmul + bias',
    'Gelu: nobody',
    'product/MatmulTransposeFusion/: product + turn',
  ]);
});

test('operations around a quantised kernel are done by it', t => {
  const network = new NetworkBuilder()
    .input('q', 'u8', [1])
    .initializer('s', tensorOf('f32', [], [1]))
    .node('DequantizeLinear', 'q s', 'f', {}, 'dequantize')
    .node('Sigmoid', 'f', 'g', {}, 'sigmoid')
    .node('QuantizeLinear', 'g s', 'y', {}, 'quantize')
    .output('y');
  t.deepEqual(told(network, [{name: 'sigmoid_token_1', type: 'QLinearSigmoid'}]), [
    'sigmoid_token_1: sigmoid + dequantize + quantize',
  ]);
});

test('what a constant is folded from is no kernel’s', t => {
  const network = new NetworkBuilder()
    .input('x', 'f32', [1])
    .initializer('w', tensorOf('f32', [1], [2]))
    .node('Neg', 'w', 'n', {}, 'negate')
    .node('Add', 'x n', 'y', {}, 'add')
    .output('y');
  t.deepEqual(told(network, [{name: 'add', type: 'Add', outputs: ['y']}]), ['add: add']);
});
