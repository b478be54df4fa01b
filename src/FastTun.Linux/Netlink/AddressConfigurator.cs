using System.Net.Sockets;

namespace FastTun.Linux.Netlink;

/// <summary>
/// Makes an interface's addresses exactly those that are wanted, in their order. The kernel keeps an order of its own:
/// <list type="bullet">
/// <item>IPv4: a second address of one network is secondary. It is listed behind all primary ones, and goes with its
/// primary.</item>
/// <item>IPv6: a new address goes before the others, link-local ones stay last, and the first is the one to send
/// from.</item>
/// </list>
/// </summary>
internal static class AddressConfigurator
{
    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>
    /// What two addresses of one interface cannot have in common: see inet_rtm_newaddr and ipv6_add_addr.
    /// </summary>
    public static (object Address, object? Network) Key(InterfaceAddress address) =>
        (address.Address, AddressText.IsIpv4(address.Address) ? address.Network : null);

    public static bool Apply(RouteSocket socket, int index, IReadOnlyList<InterfaceAddress> wanted)
    {
        bool changed = false;
        foreach (AddressFamily family in Families)
        {
            List<InterfaceAddress> target = KernelOrder(wanted.Where(address => address.Address.AddressFamily == family));
            changed |= new Work(socket, index, family, target).Apply();
        }

        return changed;
    }

    /// <summary>The order in which the kernel lists addresses of one family that are wanted in this order.</summary>
    internal static List<InterfaceAddress> KernelOrder(IEnumerable<InterfaceAddress> wanted)
    {
        var networks = new HashSet<System.Net.IPNetwork>();
        return [.. wanted.OrderBy(address => AddressText.IsIpv4(address.Address)
            ? !networks.Add(address.Network)
            : address.Address.IsIPv6LinkLocal)];
    }

    private sealed class Work(RouteSocket socket, int index, AddressFamily family, List<InterfaceAddress> target)
    {
        public bool Apply()
        {
            if (IsDone())
                return false;
            Add();
            Remove(target);

            // What clashed with one that had to go first, or went with its primary.
            Add();
            if (!IsDone())
            {
                Remove([]);
                Add();
            }

            return true;
        }

        private List<InterfaceAddress> Current() =>
        [
            .. socket.GetAddresses(index).Where(address => address.Address.AddressFamily == family
                && (!address.Address.IsIPv6LinkLocal || target.Contains(address))),
        ];

        private bool IsDone() => Current().SequenceEqual(target);

        private void Add()
        {
            List<InterfaceAddress> current = Current();
            var taken = current.Select(Key).ToHashSet();
            IEnumerable<InterfaceAddress> missing = target.Where(address => !taken.Contains(Key(address)));
            foreach (InterfaceAddress address in family == AddressFamily.InterNetwork ? missing : missing.Reverse())
                socket.AddAddress(index, address);
        }

        private void Remove(List<InterfaceAddress> keep)
        {
            // Secondary ones are last, and so go before their primary would take them along.
            foreach (InterfaceAddress address in Current().Except(keep).Reverse())
                socket.DeleteAddress(index, address);
        }
    }
}
