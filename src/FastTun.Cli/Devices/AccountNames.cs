using System.Globalization;

namespace FastTun.Cli.Devices;

/// <summary>The numbers of users and groups by the names that passwd(5) and group(5) give them.</summary>
internal static class AccountNames
{
    public static uint User(string text) => Find(text, "/etc/passwd", "user");

    public static uint Group(string text) => Find(text, "/etc/group", "group");

    private static uint Find(string text, string file, string kind)
    {
        if (uint.TryParse(text, NumberStyles.None, null, out uint number))
            return number;

        // name:password:number: in both.
        foreach (string line in File.ReadLines(file))
        {
            string[] fields = line.Split(':', 4);
            if (fields.Length == 4 && fields[0] == text && uint.TryParse(fields[2], NumberStyles.None, null, out number))
                return number;
        }

        throw new FormatException($"'{text}': {file} has no such {kind}; give its number");
    }
}
