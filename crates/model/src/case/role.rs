//! On what grounds a host is held to be what it is.

facts! {
    /// Who says what a host is for, and by what.
    RoleGrounds {
        /// The inventory of the site.
        Inventory "inventory";
        /// It writes what only a domain controller writes.
        DomainController "domain_controller";
        /// 4868 to 4900.
        CertificateAudit "certificate_audit";
        /// certsrv.exe.
        CertificateAuthority "certificate_authority";
        /// miiserver.exe.
        DirectorySync "directory_sync";
        /// The channel of AD FS.
        FederationLog "federation_log";
        /// Microsoft.IdentityServer.ServiceHost.exe.
        FederationService "federation_service";
        /// Veeam.Backup.Service.exe.
        BackupServer "backup_server";
        /// The channels of Server Manager's managed half.
        ServerManagerLog "server_manager_log";
        /// The DNS server's channels.
        DnsLog "dns_log";
        /// dns.exe.
        DnsServer "dns_server";
        /// The DHCP server's channels.
        DhcpLog "dhcp_log";
        /// The channel of DFS replication.
        ReplicationLog "replication_log";
        /// dfsrs.exe.
        Replication "replication";
        /// dfssvc.exe.
        Namespace "namespace";
        /// WsusService.exe.
        UpdateServer "update_server";
        /// Exchange's channel.
        ExchangeLog "exchange_log";
        /// 6272 to 6280.
        NetworkPolicyAudit "network_policy_audit";
        /// The channel of a remote desktop gateway.
        DesktopGatewayLog "desktop_gateway_log";
        /// WinStore.App.exe.
        Store "store";
        /// PhoneExperienceHost.exe.
        PhoneLink "phone_link";
        /// YourPhone.exe.
        YourPhone "your_phone";
        /// GameBar.exe.
        GameBar "game_bar";
        /// Microsoft.Photos.exe.
        Photos "photos";
        /// Widgets.exe.
        Widgets "widgets";
        /// w3wp.exe.
        WebWorker "web_worker";
        /// sqlservr.exe.
        SqlServer "sql_server";
        /// httpd.exe.
        Httpd "httpd";
        /// nginx.exe.
        Nginx "nginx";
        /// oracle.exe.
        Oracle "oracle";
        /// The channel of wireless networks.
        WirelessLog "wireless_log";
        /// A logon of type 11.
        CachedLogon "cached_logon";
    }
}
