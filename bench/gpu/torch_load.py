# One training step and one graph-replayed inference, again and again, in PyTorch: how many in a second. Prints
# JSON. python3 torch_load.py SECONDS
import json
import sys
import time

import torch

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0


def model():
    width = 4096
    layers = []
    for _ in range(8):
        layers += [torch.nn.Linear(width, width), torch.nn.GELU()]
    return torch.nn.Sequential(*layers).cuda().to(torch.bfloat16)


def per_second(once):
    for _ in range(20):
        once()
    torch.cuda.synchronize()
    begin = time.monotonic()
    count = 0
    while time.monotonic() - begin < SECONDS:
        once()
        torch.cuda.synchronize()
        count += 1
    return count / (time.monotonic() - begin)


def training():
    net = model()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-4)
    batch = torch.randn(2048, 4096, device="cuda", dtype=torch.bfloat16)

    def step():
        optimiser.zero_grad(set_to_none=True)
        net(batch).float().square().mean().backward()
        optimiser.step()

    return per_second(step)


def inference():
    net = model().eval()
    batch = torch.randn(8, 4096, device="cuda", dtype=torch.bfloat16)
    with torch.no_grad():
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                net(batch)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            net(batch)
    return per_second(graph.replay)


print(json.dumps({"per_second": training(), "graph_per_second": inference()}))
