using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using FastTun.Queues;

namespace FastTun.Cli.Devices;

/// <summary>Values from their text. All throw <see cref="FormatException"/> with what was expected.</summary>
internal static class DeviceValue
{
    public static T Choice<T>(string text)
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
        int index = Array.IndexOf(names, text);
        return index >= 0
            ? Enum.GetValues<T>()[index]
            : throw new FormatException($"'{text}': it is {string.Join(" or ", names)}");
    }

    public static bool Switch(string text) => text switch
    {
        "true" or "" => true,
        "false" => false,
        _ => throw new FormatException($"'{text}': it is true or false"),
    };

    public static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, null, out int number)
            ? number
            : throw new FormatException($"'{text}': it is a whole number");

    // IPv4 as four decimal numbers only: inet_aton(3) takes fewer, octal and hexadecimal, and nobody means those.
    public static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && (text.Contains(':') || address.ToString() == text)
            ? address
            : throw new FormatException($"'{text}': it is an address such as 198.18.0.2");

    public static PhysicalAddress LinkAddress(string text) =>
        text.Length == 17 && text[2] == ':' && PhysicalAddress.TryParse(text, out PhysicalAddress? address)
            ? address
            : throw new FormatException($"'{text}': it is a link address such as 02:00:00:00:00:01");

    public static QueueIo Io(string text) => text switch
    {
        "auto" => QueueIo.Auto,
        "epoll" => QueueIo.Epoll,
        "io_uring" => QueueIo.IoUring,
        _ => throw new FormatException($"'{text}': it is auto, epoll or io_uring"),
    };
}
