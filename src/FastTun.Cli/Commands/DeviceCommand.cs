using System.CommandLine;
using FastTun.Cli.CommandLine;
using FastTun.Cli.Devices;
using FastTun.Cli.Reports;

namespace FastTun.Cli.Commands;

/// <summary><c>fasttun device</c>: the interface alone, without anything that forwards.</summary>
internal static class DeviceCommand
{
    public static Command Create() => new("device", "Make, change, show and delete TUN and TAP devices")
    {
        Add(), Set(), Show(), List(), Delete(),
    };

    private static DocumentedCommand Add() => Configure(
        "add",
        "Make a device that stays when this command ends",
        DeviceAdministration.Add,
        "fasttun device add tun0 --address \"198.18.0.1 peer 198.18.0.2\" --up --owner alice",
        "fasttun device add tap%d@A --mode tap --mac 02:00:00:00:00:01 --queues 4 --json -");

    private static DocumentedCommand Set() => Configure(
        "set",
        "Make an existing device as the options say; what they do not say stays, and what is so already is not touched",
        DeviceAdministration.Set,
        "fasttun device set tun0 --mtu 1400 --up",
        "fasttun device set tun0@A --address 198.18.0.1/24 --route \"203.0.113.0/24 metric 10\"");

    private static DocumentedCommand Configure(
        string name, string description, Func<DevicePlace, DeviceSettings, DeviceReport> action, params string[] examples)
    {
        Argument<DevicePlace> place = Place();
        var options = new DeviceOptions();
        Option<OutputFile> json = OutputFile.JsonOption("Write what the device is then");
        var command = new DocumentedCommand(name, description) { Examples = examples };
        command.Arguments.Add(place);
        foreach (Option option in options.All)
            command.Options.Add(option);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            DeviceReport device = action(parsed.GetRequiredValue(place), options.Read(parsed));
            if (parsed.GetValue(json) is { } file)
                file.Write(device, ReportJson.Default.DeviceReport);
            else
                Console.Out.WriteLine(device.Name);
        });
        return command;
    }

    private static DocumentedCommand Show()
    {
        Argument<DevicePlace> place = Place();
        Option<OutputFile> json = OutputFile.JsonOption("Write it");
        var command = new DocumentedCommand("show", "Read everything back that a device is")
        {
            Examples = ["fasttun device show tun0@A"],
        };
        command.Arguments.Add(place);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            DeviceReport device = DeviceAdministration.Show(parsed.GetRequiredValue(place));
            if (parsed.GetValue(json) is { } file)
                file.Write(device, ReportJson.Default.DeviceReport);
            else
                DeviceTable.Write(device);
        });
        return command;
    }

    private static DocumentedCommand List()
    {
        Argument<DevicePlace> place = Parsed.Argument(
            "@NETNS", "The network namespace; without it, this one", ParseNamespace);
        place.Arity = ArgumentArity.ZeroOrOne;
        Option<OutputFile> json = OutputFile.JsonOption("Write them");
        var command = new DocumentedCommand("list", "List the TUN and TAP devices of a network namespace")
        {
            Examples = ["fasttun device list", "fasttun device list @A --json -"],
        };
        command.Arguments.Add(place);
        command.Options.Add(json);
        command.SetAction(parsed =>
        {
            DeviceReport[] devices = DeviceAdministration.List(parsed.GetValue(place) ?? new DevicePlace("", null));
            if (parsed.GetValue(json) is { } file)
                file.Write(devices, ReportJson.Default.DeviceReportArray);
            else
                DeviceTable.Write(devices);
        });
        return command;
    }

    private static DocumentedCommand Delete()
    {
        Argument<DevicePlace> place = Place();
        var command = new DocumentedCommand("delete", "Delete a device, also under the hands of who has it open")
        {
            Examples = ["fasttun device delete tun0@A"],
        };
        command.Arguments.Add(place);
        command.SetAction(parsed => DeviceAdministration.Delete(parsed.GetRequiredValue(place)));
        return command;
    }

    private static Argument<DevicePlace> Place() => Parsed.Argument(
        DevicePlace.Format, "The device; NETNS is a name under /run/netns, a path, or pid:N", DevicePlace.Parse);

    private static DevicePlace ParseNamespace(string text) => text.StartsWith('@')
        ? DevicePlace.ParseNamespaceOnly(text)
        : throw new FormatException($"'{text}': it is written @NETNS; 'fasttun device show {text}' shows one device");
}
