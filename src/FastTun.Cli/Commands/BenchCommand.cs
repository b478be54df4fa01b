using System.CommandLine;
using FastTun.Cli.Bench;
using FastTun.Cli.CommandLine;

namespace FastTun.Cli.Commands;

/// <summary><c>fasttun bench</c>: how fast this machine forwards.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var options = new BenchOptions();
        var command = new DocumentedCommand(
            "bench", "Measure forwarding on this machine, between two hosts of its own")
        {
            Notes = ("What is measured",
            [
                "Two private network namespaces, a TUN device in each, and FastTun between them, rewriting addresses.",
                "Real UDP packets, and then real TCP streams, go from one to the other through the kernels' sockets.",
                "The sender, the receiver and FastTun share this machine's processors.",
                "It needs root, or a user who may open /dev/net/tun.",
            ]),
            Examples =
            [
                "fasttun bench",
                "fasttun bench --protocol udp --size imix --rate 100kpps --duration 10s",
                "fasttun bench --queues 2 --flows 64 --json results.json",
            ],
        };
        foreach (Option option in options.All)
            command.Options.Add(option);
        command.SetAction((parsed, _) =>
            BenchRun.ExecuteAsync(options.Forwarder(parsed), options.Trials(parsed), options.Json(parsed)));
        return command;
    }
}
