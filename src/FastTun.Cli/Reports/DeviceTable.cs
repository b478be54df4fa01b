using Spectre.Console;

namespace FastTun.Cli.Reports;

/// <summary>Devices for people: one in all its parts, or many in a line each.</summary>
internal static class DeviceTable
{
    public static void Write(DeviceReport device)
    {
        Table table = Screen.Texts(device.Name, device.Mode);
        table.Row("index", $"{device.Index}");
        table.Row("state", State(device));
        table.Row("MTU", $"{device.MtuBytes} bytes");
        table.Row("transmit queue", $"{device.TxqueuelenPackets} packets");
        if (device.Mac is not null)
            table.Row("link address", device.Mac);
        table.Row("addresses", Lines(device.Addresses));
        table.Row("routes", Lines(device.Routes));
        table.Row("queues", Queues(device));
        table.Row("persistent", device.Persistent ? "yes" : "no");
        table.Row("owner", $"{device.OwnerUid?.ToString() ?? "-"}");
        table.Row("group", $"{device.GroupGid?.ToString() ?? "-"}");
        table.Row("before each packet", Prefix(device));
        if (device.HostStatistics is { } host)
        {
            table.Row("host received", $"{host.ReceivedPackets:N0} packets, {host.ReceivedBytes:N0} bytes");
            table.Row("host dropped of it", $"{host.ReceiveDrops:N0} packets, and {host.ReceiveErrors:N0} errors");
            table.Row("host transmitted", $"{host.TransmittedPackets:N0} packets, {host.TransmittedBytes:N0} bytes");
            table.Row("host could not", $"{host.TransmitDrops:N0} packets, and {host.TransmitErrors:N0} errors");
        }

        table.Show();
    }

    public static void Write(IEnumerable<DeviceReport> devices)
    {
        Table table = Screen.Texts("name", "mode", "state", "MTU", "addresses", "queues", "persistent");
        foreach (DeviceReport device in devices)
        {
            table.Row(
                device.Name,
                device.Mode,
                State(device),
                $"{device.MtuBytes}",
                Lines(device.Addresses),
                Queues(device),
                device.Persistent ? "yes" : "no");
        }

        table.Show();
    }

    private static string State(DeviceReport device) =>
        !device.Up ? "down" : device.Carrier ? "up" : "up, nobody attached";

    private static string Queues(DeviceReport device) => !device.MultiQueue ? "single"
        : device.QueuesDetached is > 0 and var detached ? $"multi, {device.QueuesAttached} attached, {detached} detached"
        : $"multi, {device.QueuesAttached ?? 0} attached";

    private static string Prefix(DeviceReport device) =>
        (device.PacketInformation, device.VnetHeader) switch
        {
            (false, false) => "nothing",
            (true, false) => "packet information",
            (false, true) => "virtio_net_hdr",
            (true, true) => "packet information, virtio_net_hdr",
        };

    private static string Lines(IReadOnlyList<string> texts) => texts.Count == 0 ? "-" : string.Join('\n', texts);
}
